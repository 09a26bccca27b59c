package pages

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"corbel.example/sdk/locale"
	"corbel.example/sdk/ui"
)

// pageLength is how many catalogs, schemas or tables a page lists.
const pageLength = 100

// list shows one page of a level of the namespace, in the order that the address asks for.
type list[T any] struct {
	title     string // also what screen readers call the table
	address   string // of the page
	items     []T
	truncated bool // there are more than items
	columns   []column[T]
	empty     ui.Empty
}

// column is a column of a list. The first that sorts is the order unless the address names another.
type column[T any] struct {
	title string
	// key is the value of ?sort=; empty for a column that doesn't sort.
	key     string
	compare func(a, b T) int
	cell    func(T) ui.Component
}

// show returns the card with the list, or what to say when it is empty.
func (l list[T]) show(r *http.Request) ui.Component {
	query, region := r.URL.Query(), locale.FromContext(r.Context())
	if len(l.items) == 0 {
		return l.empty
	}
	sort, descending := query.Get("sort"), query.Get("order") == "desc"
	table := ui.Table{Label: l.title}
	items := slices.Clone(l.items) // they are shared
	for _, c := range l.columns {
		heading := ui.Column{Title: c.title}
		if c.key != "" {
			heading.Sort = sortLink(l.address, c.key, sort, descending)
			if c.key == sort {
				slices.SortStableFunc(items, c.compare)
				if descending {
					slices.Reverse(items)
				}
			}
		}
		table.Columns = append(table.Columns, heading)
	}
	first := l.firstOf(query)
	last := min(first+pageLength, len(items))
	for _, item := range items[first:last] {
		var row []ui.Component
		for _, c := range l.columns {
			row = append(row, c.cell(item))
		}
		table.Rows = append(table.Rows, row)
	}
	if len(items) > pageLength {
		table.Pager = l.pager(region, query, first, last)
	}
	return ui.Card{Title: l.title, Tag: ui.Text(l.count(region)), Body: table}
}

func (l list[T]) count(region locale.Locale) string {
	if l.truncated {
		return region.Count(int64(len(l.items))) + "+"
	}
	return region.Count(int64(len(l.items)))
}

// firstOf is the index of the first item of the page that the address names. A page that is not there is the last.
func (l list[T]) firstOf(query url.Values) int {
	number, err := strconv.Atoi(query.Get("page"))
	if err != nil || number < 1 {
		return 0
	}
	return (min(number, (len(l.items)+pageLength-1)/pageLength) - 1) * pageLength
}

func (l list[T]) pager(region locale.Locale, query url.Values, first, last int) *ui.Pager {
	to := func(first int) string {
		number := ""
		if first > 0 {
			number = strconv.Itoa(first/pageLength + 1)
		}
		return with(l.address, "sort", query.Get("sort"), "order", query.Get("order"), "page", number)
	}
	p := &ui.Pager{Label: textPagesOf + l.title, Range: fmt.Sprintf("%s-%s of %s", region.Count(int64(first)+1), region.Count(int64(last)), l.count(region))}
	if first > 0 {
		p.First, p.Previous = to(0), to(first-pageLength)
	}
	if last < len(l.items) {
		p.Next = to(last)
	}
	return p
}

// sortLink sorts by a column, the other way round if it sorts already. parameters are kept.
func sortLink(address, key, sort string, descending bool, parameters ...string) ui.Sort {
	s := ui.Sort{Direction: ui.Unsorted}
	order := ""
	switch {
	case key == sort && descending:
		s.Direction = ui.Descending
	case key == sort:
		s.Direction, order = ui.Ascending, "desc"
	}
	s.Href = with(address, append(parameters, "sort", key, "order", order)...)
	return s
}
