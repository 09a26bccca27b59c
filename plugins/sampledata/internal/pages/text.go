package pages

import (
	"corbel.example/plugins/sampledata/internal/personal"
	"corbel.example/plugins/sampledata/internal/run"
	"corbel.example/plugins/sampledata/internal/tables"
	"corbel.example/sdk/ui"
)

// The page and the card on the home page.
const (
	titlePage       = "Sample data"
	groupData       = "Data"
	titleIntro      = "Something to look at"
	textTablesIn    = "Three small tables in "
	textIntro       = " that can be joined, and for you alone saved queries, a note and preferences that you have not chosen yourself. Setting up again restores what is missing; cleaning up takes all of it away."
	textThereIn     = "Three small tables are in "
	textNone        = "There is none yet. It takes a few seconds, and goes again when you say so."
	textWhatItIs    = "What it is"
	textOpen        = "Open "
	textUnknownPart = "Not all could be found out"
)

// The buttons.
const (
	textSetUp           = "Set up"
	textSetUpAgain      = "Set up again"
	textSetUpHome       = "Set up sample data"
	textCleanUp         = "Clean up"
	textCleanUpTitle    = "Clean up the sample data?"
	textCleanUpHint     = "The tables go for everybody, with all rows that were added to them. Of what is yours alone, what you have edited stays."
	textCleanUpDo       = "Clean up sample data"
	textGoOn            = "Go on"
	textOpenTable       = "Open the table"
	textOpenPreferences = "Open preferences"
	textOpenQueries     = "Open saved queries"
)

// What there is.
const (
	titleWhat     = "What there is"
	columnWhat    = "What"
	columnState   = "State"
	columnRows    = "Rows"
	columnOf      = "Of"
	columnVersion = "Version"
	columnOwner   = "Owner"
	textOwnRows   = "Your own rows in Lakebase"
	tagUnknown    = "UNKNOWN"
)

// Runs.
const (
	titleLost     = "This run is not known any more"
	textGoesOn    = "It goes on when you leave this page. "
	textLookAgain = "Look again"
	textTook      = "It took "
	titleSteps    = "Steps"
	columnStep    = "Step"
	columnTook    = "Took"
)

// tags are the states of what there is.
var tags = map[string]ui.Tag{
	tables.Absent: {Text: "NOT THERE"}, tables.Complete: {Text: "COMPLETE", Type: ui.Success}, tables.Incomplete: {Text: "INCOMPLETE", Type: ui.Warning},
	tables.Foreign: {Text: "NOT OURS", Type: ui.Error}, tables.Hidden: {Text: "NO ACCESS", Type: ui.Warning}, personal.Disabled: {Text: "NOT ENABLED"},
}

// kinds say what becomes of a run.
var kinds = map[run.Kind]struct{ running, done, failed string }{
	run.SetUp:   {"Setting up", "The sample data is set up", "Not all could be set up"},
	run.CleanUp: {"Cleaning up", "The sample data is gone", "Not all could be removed"},
}

// stateTags are the states of steps.
var stateTags = map[run.State]ui.Tag{
	run.Pending: {Text: "WAITS"}, run.Running: {Text: "RUNS", Type: ui.Info}, run.Done: {Text: "DONE", Type: ui.Success},
	run.Unchanged: {Text: "UNCHANGED", Type: ui.Success}, run.Kept: {Text: "LEFT ALONE", Type: ui.Warning},
	run.Skipped: {Text: "SKIPPED"}, run.Failed: {Text: "FAILED", Type: ui.Error},
}
