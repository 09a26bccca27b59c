package pages

// The pages.
const (
	titlePreferences  = "Preferences"
	titleNotes        = "Notes"
	titleQueries      = "Queries"
	groupData         = "Data"
	groupYou          = "You"
	titleSaved        = "Saved queries"
	titleHistory      = "History"
	titleRecent       = "Recent queries"
	textAllQueries    = "All queries"
	labelSavedPages   = "Pages of saved queries"
	labelHistoryPages = "Pages of history"
	labelNotePages    = "Pages of notes"
	textFirstPage     = "First page"
	textNextPage      = "Next page"
)

// Lists of queries.
const (
	columnName         = "Name"
	columnStatement    = "Statement"
	columnChanged      = "Changed"
	columnResult       = "Result"
	columnRows         = "Rows"
	columnTook         = "Took"
	columnRun          = "Run"
	textNoSaved        = "No saved queries"
	textNoSavedHint    = "Queries that you save are listed here, for you alone."
	textNoHistory      = "No queries yet"
	textNoHistoryHint  = "What you run is listed here, for you alone."
	textQueryDeleted   = "The saved query is deleted."
	textHistoryCleared = "Your history is cleared."
	textDeleteQuery    = "Delete query"
	textClear          = "Clear"
	textClearTitle     = "Clear your history?"
	textClearHint      = "All of it goes, and cannot be brought back. Saved queries stay."
	textClearDo        = "Clear history"
)

// Notes.
const (
	textNewNote     = "New note"
	textEditNote    = "Edit the note"
	textNoNotes     = "No notes"
	textNoNotesHint = "What you write down here is seen by nobody else."
	textNoteSaved   = "The note is saved."
	textNoteDeleted = "The note is deleted."
	textSaveNote    = "Save note"
	textDeleteNote  = "Delete note"
	labelTitle      = "Title"
	labelText       = "Text"
	textChangedAt   = "Changed "
)

// What pages share.
const (
	textEdit       = "Edit"
	textDelete     = "Delete"
	textDeleteHint = "It cannot be brought back."
	textCancel     = "Cancel"
	textSave       = "Save"
	textDeleteThis = "Delete “%s”?"
	textEditThis   = "Edit "
)

// Preferences.
const (
	textPreferencesTitle = "How you like the app"
	textPreferencesSaved = "Your preferences are saved."
	textNothingSaved     = "Nothing is saved yet."
	labelTheme           = "Theme"
	textThemeOfBrowser   = "As this browser is set"
	textThemeOfSystem    = "As the system"
	textLight            = "Light"
	textDark             = "Dark"
	labelPageSize        = "Rows on a page"
	labelCatalog         = "Catalog"
	textCatalogHint      = "Where queries look up names first."
	labelSchema          = "Schema"
	labelWarehouse       = "SQL warehouse"
	textWarehouseHint    = "The id of the warehouse that runs your queries."
	textSavedAt          = "Saved "
	textPageSizeHint     = "From 1 to %s. Empty for the app's own."
)
