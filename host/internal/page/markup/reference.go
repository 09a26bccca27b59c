package markup

import (
	"strings"

	"golang.org/x/net/html"
)

// references are the attributes whose values are ids, separated by blanks.
var references = set("for", "list", "headers", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "aria-details",
	"aria-errormessage", "aria-flowto", "aria-activedescendant")

// prefixIDs puts the prefix before the fragment's ids and before what refers to one of them.
func (c *cleaner) prefixIDs() {
	for n := range c.root.Descendants() {
		for i := range n.Attr {
			a := &n.Attr[i]
			switch {
			case a.Key == "id":
				a.Val = c.rules.IDPrefix + a.Val
			case a.Key == "href" && strings.HasPrefix(a.Val, "#"):
				a.Val = "#" + c.prefixed(a.Val[1:])
			case references[a.Key]:
				a.Val = c.prefixedAll(a.Val)
			}
		}
	}
	for i, id := range c.order {
		c.order[i] = c.rules.IDPrefix + id
	}
}

func (c *cleaner) prefixed(id string) string {
	if c.ids[id] {
		return c.rules.IDPrefix + id
	}
	return id
}

func (c *cleaner) prefixedAll(list string) string {
	ids := strings.Fields(list)
	for i, id := range ids {
		ids[i] = c.prefixed(id)
	}
	return strings.Join(ids, " ")
}

// hasElements says whether there are elements among n's children.
func hasElements(n *html.Node) bool {
	for child := range n.ChildNodes() {
		if child.Type == html.ElementNode {
			return true
		}
	}
	return false
}
