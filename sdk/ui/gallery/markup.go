package gallery

import (
	"context"
	"strings"

	"corbel.example/sdk/ui"
)

// Markup returns the markup of a component, indented for people.
func Markup(ctx context.Context, c ui.Component) (string, error) {
	var b strings.Builder
	if err := c.Render(ctx, &b); err != nil {
		return "", err
	}
	return indent(b.String()), nil
}

// inline elements stay in the line of their text, void ones have no end.
var (
	inline = words("a abbr b button code em h1 h2 h3 i kbd label legend mark option p pre small span strong summary td text th textarea time title dt dd databricks-button databricks-skeleton databricks-tag figcaption progress line path")
	void   = words("br col hr img input wbr")
	// verbatim elements keep their spaces.
	verbatim = words("pre textarea")
)

func words(list string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(list) {
		set[word] = true
	}
	return set
}

// indent gives each element a line of its own, except what is inline: that goes on in the line of what is around it.
// The markup must be well-formed, as that of package ui is.
func indent(markup string) string {
	var (
		b     strings.Builder
		depth int
		flow  int // how many inline elements are open
		keep  int // how many verbatim elements are open
	)
	begin := func() {
		if flow == 0 && b.Len() > 0 {
			b.WriteString("\n" + strings.Repeat("  ", max(depth, 0)))
		}
	}
	for markup != "" {
		token := next(markup)
		markup = markup[len(token):]
		name := elementName(token)
		switch {
		case name == "":
			if text := token; keep > 0 || strings.TrimSpace(text) != "" {
				if flow == 0 {
					begin()
					text = strings.TrimSpace(text)
				}
				b.WriteString(text)
			} else if flow > 0 {
				b.WriteString(token)
			}
		case strings.HasPrefix(token, "</"):
			if verbatim[name] {
				keep--
			}
			if inline[name] {
				flow--
			} else if depth--; !strings.HasSuffix(b.String(), ">") || !strings.HasSuffix(b.String(), "<"+name+">") {
				begin()
			}
			b.WriteString(token)
		default:
			begin()
			b.WriteString(token)
			switch {
			case void[name] || strings.HasSuffix(token, "/>"):
			case inline[name]:
				flow++
			default:
				depth++
			}
			if verbatim[name] {
				keep++
			}
		}
	}
	return b.String()
}

// next returns the tag or the text at the beginning of markup.
func next(markup string) string {
	if markup[0] != '<' {
		if i := strings.IndexByte(markup, '<'); i > 0 {
			return markup[:i]
		}
		return markup
	}
	if i := strings.IndexByte(markup, '>'); i > 0 {
		return markup[:i+1]
	}
	return markup
}

// elementName returns the name in a tag, or "" of text.
func elementName(token string) string {
	if token[0] != '<' {
		return ""
	}
	name := strings.TrimLeft(token, "</")
	if i := strings.IndexAny(name, " \n\t/>"); i >= 0 {
		name = name[:i]
	}
	return name
}
