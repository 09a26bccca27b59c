package markup

import (
	"slices"
	"strings"
	"unicode"
)

// attributes are the attributes that an element may have, each with what is kept of its value.
type attributes map[string]func(value string) (kept string, ok bool)

// shellPrefix begins the classes and ids of the host's own shell, which a fragment must not look like.
const shellPrefix = "corbel-"

// globalAttributes belong to every element, beside aria-* and data-*.
var globalAttributes = attributes{
	"class": classes, "id": identifier, "title": anything, "role": anything, "lang": anything, "dir": oneOf("ltr", "rtl", "auto"),
	"hidden": flag, "tabindex": oneOf("0", "-1"), "data-src": fragment,
}

var (
	none    = attributes{}
	labeled = attributes{"label": anything}
	toned   = attributes{"type": oneOf("info", "success", "warning", "error"), "dismissible": flag}
	cell    = attributes{"colspan": anything, "rowspan": anything, "headers": anything, "abbr": anything, "scope": oneOf("col", "row", "colgroup", "rowgroup")}
	columns = attributes{"span": anything}
	control = attributes{
		"name": anything, "value": anything, "placeholder": anything, "required": flag, "disabled": flag, "readonly": flag, "autocomplete": anything,
		"minlength": anything, "maxlength": anything, "multiple": flag, "size": anything, "inputmode": anything, "rows": anything, "cols": anything,
		"spellcheck": oneOf("true", "false"),
	}
)

// elements are the HTML elements that a fragment may have.
var elements = map[string]attributes{
	"h1": none, "h2": none, "h3": none, "h4": none, "h5": none, "h6": none,
	"p": none, "div": none, "section": none, "article": none, "header": none, "footer": none, "nav": none, "aside": none, "hr": none,
	"ul": none, "ol": {"start": anything, "reversed": flag}, "li": none, "dl": none, "dt": none, "dd": none,
	"pre": none, "blockquote": none, "figure": none, "figcaption": none, "address": none,
	"span": none, "strong": none, "b": none, "em": none, "i": none, "small": none, "s": none, "u": none, "mark": none, "sub": none, "sup": none,
	"code": none, "kbd": none, "samp": none, "var": none, "abbr": none, "cite": none, "q": none, "dfn": none, "bdi": none, "bdo": none,
	"del": none, "ins": none, "br": none, "wbr": none, "data": {"value": anything}, "time": {"datetime": anything},
	"a":   {"href": link, "rel": oneOf("first", "prev", "next", "last", "help", "nofollow", "noopener", "noreferrer")},
	"img": {"src": image, "alt": anything, "width": anything, "height": anything, "loading": oneOf("lazy", "eager")},

	"table": none, "caption": none, "thead": none, "tbody": none, "tfoot": none, "tr": none, "th": cell, "td": cell, "colgroup": columns, "col": columns,

	"details": {"open": flag}, "summary": none,
	// Where a form may go is for Rules to say.
	"form":   {"action": action, "method": oneOf("get", "post", "dialog"), "autocomplete": anything, "novalidate": flag},
	"dialog": {"open": flag}, "search": none,
	"fieldset": {"disabled": flag}, "legend": none, "label": {"for": anything}, "output": {"for": anything}, "datalist": none,
	"button": {"type": oneOf("submit", "reset", "button"), "name": anything, "value": anything, "disabled": flag},
	"input": with(control, attributes{
		"type": oneOf("text", "search", "number", "email", "url", "tel", "date", "time", "datetime-local", "month", "week", "checkbox", "radio", "range",
			"hidden", "submit", "reset", "button"),
		"checked": flag, "min": anything, "max": anything, "step": anything, "pattern": anything, "list": anything,
	}),
	"select": control, "textarea": control, "option": {"value": anything, "selected": flag, "disabled": flag, "label": anything},
	"optgroup": {"label": anything, "disabled": flag},
	"progress": {"value": anything, "max": anything},
	"meter":    {"value": anything, "min": anything, "max": anything, "low": anything, "high": anything, "optimum": anything},

	"databricks-banner": toned, "databricks-toast": toned, "databricks-tag": toned, "databricks-breadcrumb": none, "databricks-card": {"elevation": oneOf("1", "2")},
	"databricks-button": {
		"variant": oneOf("primary", "secondary", "tertiary", "danger"), "size": oneOf("small", "medium", "large"), "loading": flag,
	},
	"databricks-input": labeled, "databricks-select": labeled, "databricks-textarea": labeled, "databricks-checkbox": labeled,
	"databricks-editor": {"completions": action},
	"databricks-table":  none, "databricks-tabs": none, "databricks-tree": labeled, "databricks-progress": none, "databricks-dialog": none,
	"databricks-chart": {"src": action, "kind": oneOf("line", "scatter")}, "databricks-empty": none, "databricks-skeleton": {"lines": count},
	"databricks-fragment": {"src": fragment, "loading": oneOf("lazy", "eager"), "refresh": count},
}

// opaque elements go with all that is in them: it is no text for people, or the parser treats it in ways of its own. Of
// other unknown elements only the tags go.
var opaque = set(
	"applet", "audio", "base", "canvas", "embed", "frame", "frameset", "iframe", "link", "marquee", "math", "meta", "noembed", "noframes",
	"noscript", "object", "param", "plaintext", "script", "style", "template", "title", "video", "xmp",
)

const svgNamespace = "svg"

// svgElements are shapes and text: nothing that refers, runs, moves or holds HTML.
var svgElements = set("svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "title", "desc")

// svgText are the SVG elements in which a parser reads HTML again: they may hold text alone.
var svgText = set("title", "desc")

var svgAttributes = func() attributes {
	allowed := attributes{}
	for _, name := range []string{
		"viewBox", "width", "height", "preserveAspectRatio", "x", "y", "x1", "y1", "x2", "y2", "dx", "dy", "cx", "cy", "r", "rx", "ry", "d", "points",
		"transform", "text-anchor", "dominant-baseline", "font-size", "font-weight", "opacity", "fill-opacity", "fill-rule", "stroke-width",
		"stroke-opacity", "stroke-linecap", "stroke-linejoin", "stroke-dasharray", "vector-effect", "focusable",
	} {
		allowed[name] = anything
	}
	// A fill may be url(...): not here.
	allowed["fill"], allowed["stroke"] = oneOf("none", "currentColor"), oneOf("none", "currentColor")
	return allowed
}()

func anything(value string) (string, bool) { return value, true }

func flag(string) (string, bool) { return "", true }

func oneOf(values ...string) func(string) (string, bool) {
	return func(value string) (string, bool) {
		for _, v := range values {
			if strings.EqualFold(v, value) {
				return v, true
			}
		}
		return "", false
	}
}

func identifier(value string) (string, bool) {
	return value, value != "" && !strings.HasPrefix(value, shellPrefix) && !strings.ContainsFunc(value, unicode.IsSpace)
}

// count keeps what scripts and styles take as a number from 1.
func count(value string) (string, bool) {
	const digits = 5
	return value, value != "" && len(value) <= digits && value[0] != '0' && strings.Trim(value, "0123456789") == ""
}

func classes(value string) (string, bool) {
	kept := slices.DeleteFunc(strings.Fields(value), func(class string) bool { return strings.HasPrefix(class, shellPrefix) })
	return strings.Join(kept, " "), len(kept) > 0
}

func with(base, more attributes) attributes {
	all := attributes{}
	for _, list := range []attributes{base, more} {
		for name, check := range list {
			all[name] = check
		}
	}
	return all
}

func set(names ...string) map[string]bool {
	s := make(map[string]bool, len(names))
	for _, name := range names {
		s[name] = true
	}
	return s
}
