package markup

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Fragment is a cleaned fragment.
type Fragment struct {
	// HTML is well-formed and holds only what is allowed.
	HTML string
	// Heading is the text of the first h1, or "".
	Heading string
}

// maxHeading is the longest heading that is reported, in runes: it becomes the document's title.
const maxHeading = 120

// Clean cleans a fragment. The error is that of the parser, which refuses trees of absurd depth.
func Clean(source []byte) (Fragment, error) {
	nodes, err := html.ParseFragment(bytes.NewReader(source), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		return Fragment{}, fmt.Errorf("parse the fragment: %w", err)
	}
	root := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	for _, n := range nodes {
		keep(root, n)
	}
	var b strings.Builder
	b.Grow(len(source))
	for n := range root.ChildNodes() {
		if err := html.Render(&b, n); err != nil {
			return Fragment{}, fmt.Errorf("write the fragment: %w", err)
		}
	}
	return Fragment{HTML: b.String(), Heading: heading(root)}, nil
}

// keep appends to parent what is allowed of n. Recursion ends because the parser bounds the depth.
func keep(parent, n *html.Node) {
	switch n.Type {
	case html.TextNode:
		parent.AppendChild(&html.Node{Type: html.TextNode, Data: n.Data})
	case html.ElementNode:
		keepElement(parent, n)
	default: // Comments and doctypes have no place in a fragment.
	}
}

func keepElement(parent, n *html.Node) {
	if parent.Namespace == svgNamespace && svgText[parent.Data] {
		return
	}
	if n.Namespace == svgNamespace || parent.Namespace == svgNamespace {
		if n.Namespace == svgNamespace && svgElements[n.Data] {
			keepAs(parent, n, svgAttributes)
		}
		return
	}
	if n.Namespace != "" {
		return
	}
	allowed, ok := elements[n.Data]
	switch {
	case ok:
		keepAs(parent, n, allowed)
	case !opaque[n.Data]:
		for child := range n.ChildNodes() {
			keep(parent, child)
		}
	}
}

func keepAs(parent, n *html.Node, allowed attributes) {
	copied := &html.Node{Type: html.ElementNode, Data: n.Data, DataAtom: n.DataAtom, Namespace: n.Namespace}
	for _, a := range n.Attr {
		if a.Namespace != "" {
			continue
		}
		if value, ok := allowed.value(a.Key, a.Val); ok {
			copied.Attr = append(copied.Attr, html.Attribute{Key: a.Key, Val: value})
		}
	}
	parent.AppendChild(copied)
	for child := range n.ChildNodes() {
		keep(copied, child)
	}
}

// value returns what to keep of an attribute.
func (allowed attributes) value(key, value string) (string, bool) {
	check, ok := allowed[key]
	if !ok {
		check, ok = globalAttributes[key]
	}
	switch {
	case ok:
		return check(value)
	case strings.HasPrefix(key, "aria-"), strings.HasPrefix(key, "data-"):
		return value, strings.Trim(key, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
	default:
		return "", false
	}
}

// heading returns the text of the first h1 below root.
func heading(root *html.Node) string {
	for n := range root.Descendants() {
		if n.DataAtom != atom.H1 {
			continue
		}
		var b strings.Builder
		for d := range n.Descendants() {
			if d.Type == html.TextNode {
				b.WriteString(d.Data)
			}
		}
		words := []rune(strings.Join(strings.Fields(b.String()), " "))
		return string(slices.Clip(words[:min(len(words), maxHeading)]))
	}
	return ""
}
