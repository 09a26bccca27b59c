package browser

import (
	"fmt"
	"strings"
)

// Violation is a rule of accessibility that a page breaks.
type Violation struct {
	Rule   string   `json:"id"`
	Impact string   `json:"impact"`
	Help   string   `json:"help"`
	Nodes  []string `json:"nodes"`
}

func (v Violation) String() string {
	return fmt.Sprintf("%s (%s): %s\n\t%s", v.Rule, v.Impact, v.Help, strings.Join(v.Nodes, "\n\t"))
}

// Violations returns which of axe-core's rules the open page breaks, the size of targets included. axe is axe-core's source.
func (t *Tab) Violations(axe string) ([]Violation, error) {
	loaded, err := Evaluate[bool](t, `'axe' in window`)
	if err != nil {
		return nil, err
	}
	if !loaded {
		if _, err := Evaluate[string](t, axe+"\n;axe.version"); err != nil {
			return nil, fmt.Errorf("load axe-core: %w", err)
		}
	}
	return Evaluate[[]Violation](t, `axe.run(document, {resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})
		.then(result => result.violations.map(v => ({id: v.id, impact: v.impact, help: v.help,
			nodes: v.nodes.slice(0, 5).map(n => n.target.join(' ') + ': ' + n.html.slice(0, 160) + ' ' + (n.any[0]?.message ?? n.all[0]?.message ?? '')),
		})))`)
}
