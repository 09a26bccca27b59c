package pages

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"corbel.example/plugins/unitycatalog/internal/catalog"
	"corbel.example/plugins/unitycatalog/internal/rows"
)

const (
	// maxCell and maxTitle are how many characters of a value a cell shows, and how many its title has.
	maxCell  = 200
	maxTitle = 2000
	// homeCatalogs is how many catalogs the home page lists.
	homeCatalogs = 5
)

// path is the address of the page of a catalog, schema or table.
func path(names ...string) string {
	var b strings.Builder
	b.WriteString("/catalog")
	for _, name := range names {
		b.WriteByte('/')
		b.WriteString(url.PathEscape(name))
	}
	return b.String()
}

// link marks an address as safe: it is made of escaped parts behind a fixed beginning.
func link(names ...string) templ.SafeURL { return templ.SafeURL(path(names...)) }

// rowView is a page of rows with what its links need.
type rowView struct {
	page    *rows.Page
	path    string
	limit   int
	limited bool // the request named the limit
}

func (v rowView) first() templ.SafeURL { return v.link("") }
func (v rowView) next() templ.SafeURL  { return v.link(v.page.NextPageToken) }

func (v rowView) link(token string) templ.SafeURL {
	query := url.Values{}
	if v.limited {
		query.Set("limit", strconv.Itoa(v.limit))
	}
	if token != "" {
		query.Set("page_token", token)
	}
	address := v.path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	return templ.SafeURL(address + "#rows")
}

// rangeText says which rows the page has: "Rows 101 to 200".
func (v rowView) rangeText() string {
	if v.page.Rows.Len() == 0 {
		return "No rows"
	}
	return fmt.Sprintf("Rows %d to %d", v.page.Offset+1, v.page.Offset+int64(v.page.Rows.Len()))
}

// heading is the class of a column's heading, class that of one of its cells.
func (v rowView) heading(column int) string {
	if v.page.Columns[column].Numeric() {
		return "number"
	}
	return ""
}

func (v rowView) class(column int, cell *string) string {
	classes := make([]string, 0, 2)
	if heading := v.heading(column); heading != "" {
		classes = append(classes, heading)
	}
	if cell == nil {
		classes = append(classes, "null")
	} else if isLong(*cell) {
		classes = append(classes, "truncate")
	}
	return strings.Join(classes, " ")
}

const truncateAt = 40

func isLong(s string) bool { return len(s) > truncateAt }

// cut returns the first n characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n--; n < 0 {
			return s[:i] + "…"
		}
	}
	return s
}

func count(n int, truncated bool) string {
	if truncated {
		return strconv.Itoa(n) + "+"
	}
	return strconv.Itoa(n)
}

func typeTag(text string) string { return strings.ReplaceAll(text, "_", " ") }

func moment(milliseconds int64) string {
	return time.UnixMilli(milliseconds).UTC().Format("2006-01-02 15:04 MST")
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

func has(list catalog.List[catalog.Catalog], name string) bool {
	return slices.ContainsFunc(list.Items, func(c catalog.Catalog) bool { return strings.EqualFold(c.Name, name) })
}

func someCatalogs(list catalog.List[catalog.Catalog]) []catalog.Catalog {
	return list.Items[:min(homeCatalogs, len(list.Items))]
}
