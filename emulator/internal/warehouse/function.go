package warehouse

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
)

// function resolves the name of a function.
func (x *run) function(parts []string) metastore.Name {
	n := x.table(parts)
	n.Table, n.Function = "", n.Table
	return n
}

func (x *run) createFunction(ctx context.Context, s dialect.CreateFunction) error {
	n := x.function(s.Name)
	replace := s.OrReplace && x.snapshot.Exists(n)
	var err error
	if replace {
		err = x.requireManage(n)
	} else {
		err = x.mayCreate(n, s.IfNotExists)
	}
	if errors.Is(err, errExists) {
		return x.done()
	}
	if err != nil {
		return err
	}
	f := metastore.Function{Catalog: n.Catalog, Schema: n.Schema, Name: n.Function, Definition: s.Definition, Default: x.fallback}
	f.Owner, f.Comment = x.caller.UserName, s.Comment
	if s.Returns != nil {
		f.Returns = s.Returns.String()
	}
	for _, p := range s.Parameters {
		if slices.ContainsFunc(f.Parameters, func(q metastore.Parameter) bool { return strings.EqualFold(q.Name, p.Name) }) {
			return dialect.DuplicateColumn(p.Name)
		}
		f.Parameters = append(f.Parameters, metastore.Parameter{Name: p.Name, Type: p.Type.String(), Default: p.Default})
	}
	if err := x.checkParameters(ctx, &f); err != nil {
		return err
	}
	if s.Table {
		if err := x.checkTableFunction(ctx, &f, s.Columns); err != nil {
			return err
		}
	} else if _, err := x.checkFunction(ctx, f, f.Owner); err != nil {
		return err
	}
	if err := x.store.Update(func(tx *metastore.Tx) error { return tx.PutFunction(f, replace) }); err != nil {
		return err
	}
	return x.done()
}

// checkFunction finds out whether DuckDB accepts a call of the function with NULLs, and what
// type it yields.
func (x *run) checkFunction(ctx context.Context, f metastore.Function, owner string) (*dialect.Type, error) {
	r := resolver{run: x, ctx: ctx, scope: x.scope()}
	tree, err := r.call(&f, owner)
	if err != nil {
		return nil, err
	}
	query, err := x.deserialize(ctx, tree)
	if err != nil {
		return nil, err
	}
	given := make([]string, len(f.Parameters))
	for i, p := range f.Parameters {
		t, err := dialect.ParseType(p.Type)
		if err != nil {
			return nil, err
		}
		given[i] = "CAST(NULL AS " + t.DuckDB() + ") AS " + argument(i)
	}
	if len(given) > 0 {
		query = "SELECT (" + query + ") FROM (SELECT " + strings.Join(given, ", ") + ")"
	}
	columns, err := x.shape(ctx, query)
	if err != nil {
		return nil, err
	}
	if len(columns) != 1 {
		return nil, dialect.Unsupported("functions of more than one expression")
	}
	return columns[0].Type, nil
}

// argument is the name that stands for an argument until the argument takes its place.
func argument(i int) string { return fmt.Sprintf("corbel_argument_%d", i) }

// routine puts the expression of a function in the place of its call.
func (r *resolver) routine(n dialect.Node, ctes []string) error {
	var parts []string
	for _, key := range []string{"catalog", "schema", "function_name"} {
		if part, _ := n[key].(string); part != "" {
			parts = append(parts, part)
		}
	}
	as := *r.run
	as.fallback, as.caller = r.scope.fallback, r.scope.as
	name := as.function(parts)
	f, ok := r.snapshot.Function(name)
	if !ok {
		return dialect.UnresolvedRoutine(strings.Join(parts, "."))
	}
	if err := as.require(name, metastore.Execute); err != nil {
		return err
	}
	if n["distinct"] == true || n["filter"] != nil {
		return dialect.Unsupported("DISTINCT or FILTER in the call of " + name.String())
	}
	args, _ := n["children"].([]any)
	if err := r.value(args, ctes); err != nil {
		return err
	}
	expression, err := r.inline(f, args)
	if err != nil {
		return err
	}
	alias := n["alias"]
	clear(n)
	for key, value := range expression {
		n[key] = value
	}
	n["alias"] = alias
	return nil
}

// inline is the function's expression with arguments that are resolved already.
func (r *resolver) inline(f *metastore.Function, args []any) (dialect.Node, error) {
	name := f.FullName()
	if f.ReturnsTable() {
		return nil, dialect.NotAScalarFunction(name.Quoted())
	}
	arguments, err := r.arguments(f, args)
	if err != nil {
		return nil, err
	}
	expression, err := r.expression(f, arguments)
	if err != nil {
		return nil, fmt.Errorf("function %s: %w", name, err)
	}
	return expression, nil
}

// arguments are the arguments of a call by the names that stand for them, with the defaults
// of those that the call leaves out.
func (r *resolver) arguments(f *metastore.Function, args []any) (map[string]dialect.Node, error) {
	name := f.FullName()
	if len(args) > len(f.Parameters) || len(args) < len(f.Parameters) && f.Parameters[len(args)].Default == "" {
		return nil, dialect.WrongArguments(name.String(), len(f.Parameters), len(args))
	}
	arguments := map[string]dialect.Node{}
	for i := len(args); i < len(f.Parameters); i++ {
		value, err := r.defaultArgument(f.Parameters[i])
		if err != nil {
			return nil, err
		}
		arguments[argument(i)] = value
	}
	for i, a := range args {
		arg, _ := a.(dialect.Node)
		if alias, _ := arg["alias"].(string); alias != "" {
			return nil, dialect.Unsupported("named arguments")
		}
		if dialect.Aggregates(arg) {
			return nil, dialect.Unsupported("aggregates and window functions as arguments of " + name.String() + ": compute them in a subquery")
		}
		arguments[argument(i)] = arg
	}
	return arguments, nil
}

// defaultArgument is the default of a parameter.
func (r *resolver) defaultArgument(p metastore.Parameter) (dialect.Node, error) {
	tokens, err := dialect.Lex(p.Default)
	if err != nil {
		return nil, err
	}
	tree, err := r.tree(r.ctx, p.Default, append([]dialect.Token{{Kind: dialect.Verbatim, Text: "SELECT"}}, tokens...), r.scope)
	if err != nil {
		return nil, err
	}
	if !onlySelects(tree.Query(), "SELECT") {
		return nil, dialect.Unsupported("this default of the parameter " + p.Name)
	}
	selected, _ := tree.Query()["select_list"].([]any)
	value, _ := selected[0].(dialect.Node)
	return value, nil
}

// checkParameters sees to it that the defaults of parameters can be computed, and that none
// stands in front of a parameter without.
func (x *run) checkParameters(ctx context.Context, f *metastore.Function) error {
	optional := ""
	for _, p := range f.Parameters {
		if p.Default == "" {
			if optional != "" {
				return dialect.RequiredAfterOptional(f.FullName().Quoted(), p.Name, optional)
			}
			continue
		}
		optional = p.Name
		if err := x.checkDefault(ctx, &metastore.Table{}, metastore.Column{Name: p.Name, Type: p.Type, Default: p.Default}); err != nil {
			return err
		}
	}
	return nil
}

// expression is the function's expression with the arguments in the place of its
// parameters, or where names inside could mean something else, in subqueries and lambda
// functions, a subquery of which the parameters are columns.
func (r *resolver) expression(f *metastore.Function, arguments map[string]dialect.Node) (dialect.Node, error) {
	parts, err := r.parts(f)
	if err != nil {
		return nil, err
	}
	list := strings.Join(append([]string{""}, parts.arguments...), ", ")
	tree, err := r.body(f, f.Owner, parts, list)
	if err != nil {
		return nil, err
	}
	selected, _ := tree.Query()["select_list"].([]any)
	if len(selected) != 1+len(f.Parameters) {
		return nil, errors.New("the expression has another form than expected")
	}
	parameters := map[string]dialect.Node{}
	for i, p := range f.Parameters {
		converted, _ := selected[i+1].(dialect.Node)
		converted["alias"] = ""
		if err := substitute(converted, arguments); err != nil {
			return nil, err
		}
		parameters[strings.ToLower(p.Name)] = converted
	}
	body, _ := selected[0].(dialect.Node)
	if dialect.OnlyColumns(body, func(names []string) bool {
		_, ok := parameters[parameter(f, names)]
		return ok
	}) {
		err := dialect.ReplaceColumns(body, func(names []string) dialect.Node { return parameters[parameter(f, names)] })
		return body, err
	}
	if tree, err = r.call(f, f.Owner); err != nil {
		return nil, err
	}
	subquery := dialect.ScalarSubquery(tree.Query())
	return subquery, substitute(subquery, arguments)
}

// parameter is the name of the parameter that a reference means: x, or f.x.
func parameter(f *metastore.Function, names []string) string {
	if len(names) == 2 && strings.EqualFold(names[0], f.Name) {
		names = names[1:]
	}
	if len(names) != 1 {
		return ""
	}
	return strings.ToLower(names[0])
}

// functionParts are pieces of the DuckDB query that yields the value of a function.
type functionParts struct {
	before, after string   // what stands around the definition
	arguments     []string // the arguments as the parameters' types
}

func (r *resolver) parts(f *metastore.Function) (p functionParts, err error) {
	p.before, p.after = "SELECT (", ")"
	if f.Returns != "" {
		returns, err := dialect.ParseType(f.Returns)
		if err != nil {
			return p, err
		}
		p.before, p.after = "SELECT CAST((", ") AS "+returns.DuckDB()+")"
	}
	for i, parameter := range f.Parameters {
		t, err := dialect.ParseType(parameter.Type)
		if err != nil {
			return p, err
		}
		p.arguments = append(p.arguments, "CAST("+argument(i)+" AS "+t.DuckDB()+")")
	}
	return p, nil
}

// call is a query that yields the value of the function: its parameters are the columns of
// a relation under the function's name, so that names in the expression mean what they mean
// in Databricks: columns of its subqueries first, then parameters.
func (r *resolver) call(f *metastore.Function, owner string) (*dialect.Tree, error) {
	parts, err := r.parts(f)
	if err != nil {
		return nil, err
	}
	rest := ""
	if len(f.Parameters) > 0 {
		columns := make([]string, len(f.Parameters))
		given := make([]string, len(f.Parameters))
		for i, p := range f.Parameters {
			kind := strings.TrimPrefix(parts.arguments[i], "CAST("+argument(i))
			columns[i] = fmt.Sprintf("CAST(given_%d%s AS %s", i, kind, dialect.QuoteIdentifier(p.Name))
			given[i] = fmt.Sprintf("%s AS given_%d", argument(i), i)
		}
		// Two levels: DuckDB finds no overload of a macro for a column from further out.
		rest = fmt.Sprintf(" FROM (SELECT %s FROM (SELECT %s) AS corbel_arguments) AS %s",
			strings.Join(columns, ", "), strings.Join(given, ", "), dialect.QuoteIdentifier(f.Name))
	}
	return r.body(f, owner, parts, rest)
}

// body translates the definition between its parts, with the rest of the query behind.
func (r *resolver) body(f *metastore.Function, owner string, parts functionParts, rest string) (*dialect.Tree, error) {
	name := f.FullName()
	if slices.Contains(r.scope.views, name) || len(r.scope.views) >= maxViewDepth {
		return nil, dialect.Unsupported("functions that call themselves, or nested deeper than 50 levels")
	}
	definition, err := dialect.Lex(f.Definition)
	if err != nil {
		return nil, err
	}
	tokens := slices.Concat(
		[]dialect.Token{{Kind: dialect.Verbatim, Text: parts.before}}, definition,
		[]dialect.Token{{Kind: dialect.Verbatim, Text: parts.after + rest}})
	inner := scope{as: r.owner(owner), fallback: f.Default, views: append(slices.Clone(r.scope.views), name)}
	return r.tree(r.ctx, f.Definition, tokens, inner)
}

// substitute puts the arguments in the place of the columns that stand for them.
func substitute(v any, arguments map[string]dialect.Node) error {
	return dialect.ReplaceColumns(v, func(names []string) dialect.Node {
		if len(names) != 1 {
			return nil
		}
		return arguments[names[0]]
	})
}
