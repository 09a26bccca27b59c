package markup

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// expanded returns the full form of an element that stands in its bare one, such as
//
//	<databricks-button variant="primary">Go</databricks-button>
//	<databricks-input label="Name" name="n"></databricks-input>
//
// which browsers with scripting would expand by themselves. Anything else comes back as it is.
func (c *cleaner) expanded(n *html.Node) *html.Node {
	if !strings.HasPrefix(n.Data, "databricks-") || hasElements(n) {
		return n
	}
	switch n.Data {
	case "databricks-button":
		return bareButton(n)
	case "databricks-input":
		return c.bareField(n, atom.Input)
	case "databricks-textarea":
		return c.bareField(n, atom.Textarea)
	case "databricks-checkbox":
		return bareCheckbox(n)
	default:
		return n
	}
}

// bareButton puts the text into a button.
func bareButton(n *html.Node) *html.Node {
	text := textOf(n)
	if text == "" {
		return n
	}
	outer, inner := split(n, atom.Button, "type", "name", "value", "disabled")
	if attribute(inner, "type") == "" {
		inner.Attr = append(inner.Attr, html.Attribute{Key: "type", Val: "button"})
	}
	inner.AppendChild(&html.Node{Type: html.TextNode, Data: text})
	outer.AppendChild(inner)
	return outer
}

// bareField puts a control and its label into the element.
func (c *cleaner) bareField(n *html.Node, kind atom.Atom) *html.Node {
	label := attribute(n, "label")
	if label == "" {
		return n
	}
	outer, inner := split(n, kind, "label", "hint", "type", "name", "value", "placeholder", "required", "disabled", "readonly", "autocomplete",
		"minlength", "maxlength", "min", "max", "step", "pattern", "inputmode", "rows")
	hint := attribute(inner, "hint")
	inner.Attr = slices.DeleteFunc(inner.Attr, func(a html.Attribute) bool { return a.Key == "label" || a.Key == "hint" })
	id := c.freeID("field-" + attribute(n, "name"))
	inner.Attr = append(inner.Attr, html.Attribute{Key: "id", Val: id})
	if hint != "" {
		inner.Attr = append(inner.Attr, html.Attribute{Key: "aria-describedby", Val: id + "-hint"})
	}
	if kind == atom.Textarea {
		inner.Attr = slices.DeleteFunc(inner.Attr, func(a html.Attribute) bool { return a.Key == "value" })
		inner.AppendChild(&html.Node{Type: html.TextNode, Data: attribute(n, "value")})
	}
	outer.AppendChild(element(atom.Label, label, html.Attribute{Key: "for", Val: id}))
	outer.AppendChild(inner)
	if hint != "" {
		outer.AppendChild(element(atom.Small, hint, html.Attribute{Key: "id", Val: id + "-hint"}))
	}
	return outer
}

// bareCheckbox puts a checkbox and its text into the element.
func bareCheckbox(n *html.Node) *html.Node {
	label := attribute(n, "label")
	if label == "" {
		return n
	}
	outer, inner := split(n, atom.Input, "label", "name", "value", "checked", "required", "disabled")
	inner.Attr = slices.DeleteFunc(inner.Attr, func(a html.Attribute) bool { return a.Key == "label" })
	inner.Attr = append(inner.Attr, html.Attribute{Key: "type", Val: "checkbox"})
	box := element(atom.Label, "")
	box.AppendChild(inner)
	box.AppendChild(&html.Node{Type: html.TextNode, Data: " " + label})
	outer.AppendChild(box)
	return outer
}

// split returns a copy of n without children, and a new element that has got the named attributes of it.
func split(n *html.Node, kind atom.Atom, names ...string) (outer, inner *html.Node) {
	outer = &html.Node{Type: html.ElementNode, Data: n.Data, DataAtom: n.DataAtom}
	inner = element(kind, "")
	for _, a := range n.Attr {
		if slices.Contains(names, a.Key) {
			inner.Attr = append(inner.Attr, a)
		} else {
			outer.Attr = append(outer.Attr, a)
		}
	}
	return outer, inner
}

func element(kind atom.Atom, text string, attrs ...html.Attribute) *html.Node {
	n := &html.Node{Type: html.ElementNode, Data: kind.String(), DataAtom: kind, Attr: attrs}
	if text != "" {
		n.AppendChild(&html.Node{Type: html.TextNode, Data: text})
	}
	return n
}

// freeID returns an id that begins with base and is not taken.
func (c *cleaner) freeID(base string) string {
	base = strings.Join(strings.Fields(base), "-")
	id := base
	for i := 2; c.ids[id]; i++ {
		id = base + "-" + strconv.Itoa(i)
	}
	return id
}
