package sqlpage

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"corbel.example/plugins/unitycatalog/internal/preference"
	"corbel.example/plugins/unitycatalog/internal/run"
	"corbel.example/plugins/unitycatalog/internal/sqltext"
	"corbel.example/plugins/unitycatalog/internal/statement"
	"corbel.example/sdk/fault"
)

// The names of the form's fields, which are those of the address too. A parameter has three: its value, type, and whether it is NULL.
const (
	fieldStatement = "statement"
	fieldCatalog   = "catalog"
	fieldSchema    = "schema"
	fieldLimit     = "limit"
	fieldRun       = "run"
	fieldSaved     = "saved"
	// fieldName names a parameter where there is no text.
	fieldName   = "name"
	prefixValue = "p."
	prefixType  = "t."
	prefixNull  = "n."
)

// maxAddress is the longest query of an address, in bytes: proxies refuse longer ones.
const maxAddress = 4000

// types are those that a parameter can be given on the page.
var types = []string{"STRING", "INT", "BIGINT", "DOUBLE", "DECIMAL(38,10)", "DATE", "TIMESTAMP", "BOOLEAN"}

// limits are how many rows a result can have; 0 is no limit.
var limits = []int64{1_000, 10_000, 100_000, 1_000_000, 0}

const defaultLimit = 10_000

// parameter is a parameter as the form has it.
type parameter struct {
	name, kind, value string
	null              bool
	// given says whether somebody has filled it in.
	given bool
}

// draft is a query as it is written, which need not be ready to run.
type draft struct {
	sql, catalog, schema string
	limit                int64
	parameters           []parameter
}

// draftOf reads a form or an address.
func draftOf(values url.Values, preferred preference.Choices) draft {
	d := draft{
		// Browsers send line ends as CR LF (HTML, section 4.10.22).
		sql:     strings.ReplaceAll(values.Get(fieldStatement), "\r\n", "\n"),
		catalog: values.Get(fieldCatalog), schema: values.Get(fieldSchema), limit: defaultLimit,
	}
	if !values.Has(fieldCatalog) {
		d.catalog, d.schema = preferred.Catalog, preferred.Schema
	}
	if n, err := strconv.ParseInt(values.Get(fieldLimit), 10, 64); err == nil && slices.Contains(limits, n) {
		d.limit = n
	}
	for _, name := range sqltext.Parameters(d.sql) {
		d.parameters = append(d.parameters, parameterOf(name, values))
	}
	return d
}

func parameterOf(name string, values url.Values) parameter {
	p := parameter{name: name, kind: values.Get(prefixType + name), value: values.Get(prefixValue + name), null: values.Has(prefixNull + name)}
	p.given = p.null || values.Has(prefixValue+name)
	if !slices.Contains(types, p.kind) {
		p.kind = types[0]
	}
	return p
}

// draftOfRun is what was run, to be changed and run again.
func draftOfRun(q run.Query) draft {
	d := draft{sql: q.SQL, catalog: q.Catalog, schema: q.Schema, limit: q.Limit}
	for _, name := range sqltext.Parameters(d.sql) {
		p := parameter{name: name, kind: types[0]}
		if i := slices.IndexFunc(q.Parameters, func(p statement.Parameter) bool { return p.Name == name }); i >= 0 {
			p.kind, p.given, p.null = q.Parameters[i].Type, true, q.Parameters[i].Value == nil
			if !p.null {
				p.value = *q.Parameters[i].Value
			}
		}
		d.parameters = append(d.parameters, p)
	}
	return d
}

// query is what is run of the draft. Parameters that nobody has filled in are left out.
func (d *draft) query() run.Query {
	q := run.Query{SQL: d.sql, Catalog: d.catalog, Schema: d.schema, Limit: d.limit}
	for _, p := range d.parameters {
		if !p.given {
			continue
		}
		bound := statement.Parameter{Name: p.name, Type: p.kind}
		if !p.null {
			bound.Value = &p.value
		}
		q.Parameters = append(q.Parameters, bound)
	}
	return q
}

// codeIncomplete is the code of a draft that cannot be run yet.
const codeIncomplete = "INCOMPLETE"

// check says why the draft cannot be run.
func (d *draft) check() error {
	if strings.TrimSpace(d.sql) == "" {
		return fault.New(fault.Invalid, textEmpty).WithCode(codeIncomplete)
	}
	f := fault.New(fault.Invalid, textMissing).WithCode(codeIncomplete)
	for _, p := range d.parameters {
		if !p.given || p.value == "" && !p.null && p.kind != types[0] {
			f.Fields = append(f.Fields, fault.Field{Path: prefixValue + p.name, Message: textNeedsValue})
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// values are the draft as a form or an address has it.
func (d *draft) values() url.Values {
	v := url.Values{fieldStatement: {d.sql}, fieldCatalog: {d.catalog}}
	if d.schema != "" {
		v.Set(fieldSchema, d.schema)
	}
	if d.limit != defaultLimit {
		v.Set(fieldLimit, strconv.FormatInt(d.limit, 10))
	}
	for _, p := range d.parameters {
		if !p.given {
			continue
		}
		v.Set(prefixType+p.name, p.kind)
		if p.null {
			v.Set(prefixNull+p.name, "1")
		} else {
			v.Set(prefixValue+p.name, p.value)
		}
	}
	return v
}

// link is an address of the query that anybody can be given; "" when it is too long for one.
func (d *draft) link() string {
	if query := d.values().Encode(); len(query) <= maxAddress {
		return Path + "?" + query
	}
	return ""
}

// addressOf is the page of a run: with the text, if that fits.
func addressOf(r *run.Run) string {
	d := draftOfRun(r.Query)
	id := url.Values{fieldRun: {r.ID}}.Encode()
	if link := d.link(); link != "" && d.sql != "" {
		return link + "&" + id
	}
	return Path + "?" + id
}

// draftFor is the draft that a request is about: that of its run, of a saved query, or of its address.
func (p *Pages) draftFor(r *http.Request) (draft, *run.Run, error) {
	query := r.URL.Query()
	if known := p.Desk.Find(r.Context(), query.Get(fieldRun)); known != nil {
		return draftOfRun(known.Query), known, nil
	}
	if id := query.Get(fieldSaved); id != "" {
		saved, err := p.Lakebase.Open(r.Context(), id)
		if err != nil {
			return draft{}, nil, err
		}
		query = url.Values{fieldStatement: {saved.Statement}}
		if saved.Catalog != "" {
			query.Set(fieldCatalog, saved.Catalog)
			query.Set(fieldSchema, saved.Schema)
		}
	}
	return draftOf(query, p.Preferences.Of(r.Context())), nil, nil
}
