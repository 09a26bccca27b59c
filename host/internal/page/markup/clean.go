package markup

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Rules are what depends on where a fragment stands. The zero Rules are the strictest.
type Rules struct {
	// Takes says whether a form of the fragment may be sent to a path of the application. Nil: forms go to their own page alone.
	Takes func(method string, u *url.URL) bool
	// KeepHeading leaves the first h1 as it is: it is the page's. All others become h2.
	KeepHeading bool
	// IDPrefix stands before every id of the fragment and before what refers to one, so that they differ from those of
	// another fragment.
	IDPrefix string
}

// Fragment is a cleaned fragment.
type Fragment struct {
	// HTML is well-formed, holds only what is allowed, and is what a parser makes of it again.
	HTML string
	// Heading is the text of the h1, or "".
	Heading string
	// IDs are the ids in it.
	IDs []string
}

const (
	// maxHeading is the longest heading that is reported, in runes: it becomes the document's title.
	maxHeading = 120
	// maxPasses bounds how often a fragment is cleaned until a parser reads it as it was written. Clean markup takes one
	// pass, most other two, misnested markup three; what takes more was made to.
	maxPasses = 6
)

var errUnstable = errors.New("clean the fragment: its elements are nested in ways that every parser reads anew: close elements in the order in which they were opened")

// Clean cleans a fragment. The error is that of the parser, which refuses trees of absurd depth, or says that the markup
// cannot be written so that a parser reads it as it is.
func (r Rules) Clean(source []byte) (Fragment, error) {
	source = bytes.ToValidUTF8(source, []byte("\uFFFD"))
	before := string(source)
	for range maxPasses {
		c, text, err := r.pass(before)
		if err != nil {
			return Fragment{}, err
		}
		if text == before {
			return c.finish(text)
		}
		before = text
	}
	return Fragment{}, errUnstable
}

// pass parses a fragment and writes what is allowed of it.
func (r Rules) pass(source string) (*cleaner, string, error) {
	nodes, err := html.ParseFragment(strings.NewReader(source), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		return nil, "", fmt.Errorf("parse the fragment: %w", err)
	}
	c := &cleaner{rules: r, root: element(atom.Div, ""), ids: map[string]bool{}}
	for _, n := range nodes {
		c.keep(c.root, n)
	}
	text, err := c.render(len(source))
	return c, text, err
}

// cleaner copies what is allowed of a fragment's tree. Its recursion ends because the parser bounds the depth.
type cleaner struct {
	rules   Rules
	root    *html.Node
	heading string
	ranked  bool // the h1 has been seen
	ids     map[string]bool
	order   []string // the ids, in the document's order
}

// render writes the tree.
func (c *cleaner) render(size int) (string, error) {
	var b strings.Builder
	b.Grow(size)
	for n := range c.root.ChildNodes() {
		if err := html.Render(&b, n); err != nil {
			return "", fmt.Errorf("write the fragment: %w", err)
		}
	}
	return b.String(), nil
}

// finish returns the fragment, whose text is known. Prefixes come last: with them ids look like the shell's own.
func (c *cleaner) finish(text string) (f Fragment, err error) {
	if c.rules.IDPrefix != "" && len(c.order) > 0 {
		c.prefixIDs()
		if text, err = c.render(len(text)); err != nil {
			return Fragment{}, err
		}
	}
	return Fragment{HTML: text, Heading: c.heading, IDs: c.order}, nil
}

// keep appends to parent what is allowed of n.
func (c *cleaner) keep(parent, n *html.Node) {
	switch n.Type {
	case html.TextNode:
		parent.AppendChild(&html.Node{Type: html.TextNode, Data: n.Data})
	case html.ElementNode:
		c.keepElement(parent, n)
	default: // Comments and doctypes have no place in a fragment.
	}
}

func (c *cleaner) keepElement(parent, n *html.Node) {
	if parent.Namespace == svgNamespace && svgText[parent.Data] {
		return
	}
	if n.Namespace == svgNamespace || parent.Namespace == svgNamespace {
		if n.Namespace == svgNamespace && svgElements[n.Data] {
			c.keepAs(parent, n, svgAttributes)
		}
		return
	}
	if n.Namespace != "" {
		return
	}
	allowed, ok := elements[n.Data]
	switch {
	case ok && n.DataAtom == atom.H1:
		c.keepHeading(parent, n)
	case ok:
		c.keepAs(parent, c.expanded(n), allowed)
	case !opaque[n.Data]:
		for child := range n.ChildNodes() {
			c.keep(parent, child)
		}
	}
}

// keepHeading keeps an h1 as the rank that it has on the page.
func (c *cleaner) keepHeading(parent, n *html.Node) {
	if c.rules.KeepHeading && !c.ranked {
		c.ranked, c.heading = true, textOf(n)
		c.keepAs(parent, n, none)
		return
	}
	lower := *n
	lower.Data, lower.DataAtom = "h2", atom.H2
	c.keepAs(parent, &lower, none)
}

func (c *cleaner) keepAs(parent, n *html.Node, allowed attributes) {
	copied := &html.Node{Type: html.ElementNode, Data: n.Data, DataAtom: n.DataAtom, Namespace: n.Namespace}
	for _, a := range n.Attr {
		if a.Namespace != "" {
			continue
		}
		value, ok := allowed.value(a.Key, a.Val)
		if ok && a.Key == "id" {
			ok = c.claim(value)
		}
		if ok {
			copied.Attr = append(copied.Attr, html.Attribute{Key: a.Key, Val: value})
		}
	}
	if copied.DataAtom == atom.Form {
		c.rules.confine(copied)
	}
	parent.AppendChild(copied)
	for child := range n.ChildNodes() {
		c.keep(copied, child)
	}
}

// claim takes an id for the element that has it first.
func (c *cleaner) claim(id string) bool {
	if c.ids[id] {
		return false
	}
	c.ids[id] = true
	c.order = append(c.order, id)
	return true
}

// confine takes the address off a form that the fragment may not send.
func (r Rules) confine(form *html.Node) {
	method := strings.ToUpper(attribute(form, "method"))
	form.Attr = slices.DeleteFunc(form.Attr, func(a html.Attribute) bool {
		if a.Key != "action" || method != "DIALOG" && ownPage(a.Val) {
			return false
		}
		if method == "" {
			method = "GET"
		}
		u, ok := parseAddress(a.Val)
		return method == "DIALOG" || !ok || u.Path == "" || u.Path[0] != '/' || hasDots(u) || r.Takes == nil || !r.Takes(method, u)
	})
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

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// textOf returns the text in n, for a title.
func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	words := []rune(strings.Join(strings.Fields(b.String()), " "))
	return string(words[:min(len(words), maxHeading)])
}
