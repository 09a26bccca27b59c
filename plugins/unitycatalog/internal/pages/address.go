package pages

import (
	"net/http"
	"net/url"
	"strings"

	"corbel.example/sdk/ui"
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

// with returns an address with parameters; those without value are left out.
func with(address string, parameters ...string) string {
	query := url.Values{}
	for i := 0; i+1 < len(parameters); i += 2 {
		if parameters[i+1] != "" {
			query.Set(parameters[i], parameters[i+1])
		}
	}
	if len(query) == 0 {
		return address
	}
	return address + "?" + query.Encode()
}

// link leads to the page of a catalog, schema or table, named by the last of its names.
func link(names ...string) ui.Component {
	return ui.Link{Href: path(names...), Text: names[len(names)-1]}
}

// names are those in a fragment's path, from the catalog down.
func names(r *http.Request) []string {
	var found []string
	for _, kind := range []string{"catalog", "schema", "table"} {
		if name := r.PathValue(kind); name != "" {
			found = append(found, name)
		}
	}
	return found
}

// crumbs lead from the catalog to the page itself, the last of the names.
func crumbs(names ...string) ui.Breadcrumb {
	steps := ui.Breadcrumb{{Text: "Catalog", Href: path()}}
	for i, name := range names {
		step := ui.Crumb{Text: name, Href: path(names[:i+1]...)}
		if i == len(names)-1 {
			step.Href = ""
		}
		steps = append(steps, step)
	}
	return steps
}
