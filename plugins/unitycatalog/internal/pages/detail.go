package pages

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"corbel.example/plugins/unitycatalog/internal/catalog"
	"corbel.example/sdk/ui"
)

// known shows a text, or is nil when there is none.
func known(text string) ui.Component {
	if text == "" {
		return nil
	}
	return ui.Text(text)
}

func either(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// by shows when something was done and, if known, by whom.
func by(milliseconds int64, who string) ui.Component {
	at := moment(milliseconds)
	if at == nil || who == "" {
		return at
	}
	return ui.Parts{at, ui.Muted(textBy + who)}
}

// statistic shows a number that the table's properties have, or is nil.
func statistic(t catalog.Table, property string) ui.Component {
	n, err := strconv.ParseInt(t.Properties[property], 10, 64)
	if err != nil {
		return nil
	}
	return ui.Number(n)
}

// policy shows a function and the columns that it gets.
func policy(function string, columns []string) ui.Component {
	return ui.Code(function + "(" + strings.Join(columns, ", ") + ")")
}

// properties is the card of the table's own properties; nil when there are none.
func properties(all map[string]string) ui.Component {
	if len(all) == 0 {
		return nil
	}
	table := ui.Table{Label: textProperties, Columns: []ui.Column{{Title: textName}, {Title: textValue}}}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		table.Rows = append(table.Rows, []ui.Component{ui.Mono(name), ui.Long(all[name])})
	}
	return ui.Card{Title: textProperties, Tag: ui.Number(len(all)), Body: table}
}
