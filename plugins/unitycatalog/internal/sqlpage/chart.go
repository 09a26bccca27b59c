package sqlpage

import (
	"corbel.example/sdk/ui"
)

// chart is drawn on the server.
func (v *view) chart() (ui.Component, error) {
	return ui.Empty{Title: textNoChart, Text: textNoChartHint}, nil
}
