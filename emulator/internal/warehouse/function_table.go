package warehouse

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
)

// tableRoutine puts the query of a function in the place of its call in FROM. Like a view,
// it reads as its owner.
func (r *resolver) tableRoutine(n dialect.Node, ctes []string) error {
	call, _ := n["function"].(dialect.Node)
	var parts []string
	for _, key := range []string{"catalog", "schema", "function_name"} {
		if part, _ := call[key].(string); part != "" {
			parts = append(parts, part)
		}
	}
	as := *r.run
	as.fallback, as.caller = r.scope.fallback, r.scope.as
	name := as.function(parts)
	f, ok := r.snapshot.Function(name)
	if !ok {
		return dialect.UnresolvedTableFunction(strings.Join(parts, "."))
	}
	if err := as.require(name, metastore.Execute); err != nil {
		return err
	}
	if !f.ReturnsTable() {
		return dialect.NotATableFunction(name.Quoted())
	}
	args, _ := call["children"].([]any)
	if err := r.value(args, ctes); err != nil {
		return err
	}
	arguments, err := r.arguments(f, args)
	if err != nil {
		return err
	}
	tree, err := r.tableBody(f, f.Owner)
	if err != nil {
		return fmt.Errorf("function %s: %w", name, err)
	}
	query := tree.Query()
	if err := substitute(query, arguments); err != nil {
		return err
	}
	if r.scope.as.UserName != f.Owner {
		if query, err = r.behindBarrier(query); err != nil {
			return err
		}
	}
	if n["alias"] == "" {
		n["alias"] = f.Name
	}
	aliases, _ := n["column_name_alias"].([]any)
	standIn(n, query, aliases)
	return nil
}

// tableBody is the query of a function that returns a table. Its parameters are the columns
// of a relation under the function's name, next to which the query stands, so that names in
// it mean columns of its own relations first, then parameters.
func (r *resolver) tableBody(f *metastore.Function, owner string) (*dialect.Tree, error) {
	parts, err := r.parts(f)
	if err != nil {
		return nil, err
	}
	list, columns := "*", make([]string, len(f.Table))
	if len(f.Table) > 0 {
		casts := make([]string, len(f.Table))
		for i, c := range f.Table {
			kind, err := columnType(c)
			if err != nil {
				return nil, err
			}
			columns[i] = fmt.Sprintf("c%d", i)
			casts[i] = fmt.Sprintf("CAST(corbel_result.c%d AS %s) AS %s", i, kind.DuckDB(), dialect.QuoteIdentifier(c.Name))
		}
		list = strings.Join(casts, ", ")
	}
	given := []string{"1 AS corbel_no_parameter"}
	if len(f.Parameters) > 0 {
		given = nil
	}
	var inner []string
	for i, p := range f.Parameters {
		kind := strings.TrimPrefix(parts.arguments[i], "CAST("+argument(i))
		given = append(given, fmt.Sprintf("CAST(given_%d%s AS %s", i, kind, dialect.QuoteIdentifier(p.Name)))
		inner = append(inner, fmt.Sprintf("%s AS given_%d", argument(i), i))
	}
	from := ""
	if len(inner) > 0 { // two levels: DuckDB finds no overload of a macro for a column from further out
		from = " FROM (SELECT " + strings.Join(inner, ", ") + ") AS corbel_arguments"
	}
	parts.before = fmt.Sprintf("SELECT %s FROM (SELECT %s%s) AS %s, LATERAL (", list, strings.Join(given, ", "), from, dialect.QuoteIdentifier(f.Name))
	parts.after = ") AS corbel_result"
	if len(f.Table) > 0 {
		parts.after += "(" + strings.Join(columns, ", ") + ")"
	}
	return r.body(f, owner, parts, "")
}

// checkTableFunction finds out whether DuckDB accepts the query of a function, and which
// columns the function returns.
func (x *run) checkTableFunction(ctx context.Context, f *metastore.Function, declared []dialect.ColumnDefinition) error {
	result, err := x.tableFunctionColumns(ctx, f)
	if err != nil {
		return err
	}
	result = slices.Clone(result[max(len(f.Parameters), 1):])
	if declared == nil {
		f.Table = result
		return checkColumns(f.Table)
	}
	if len(declared) != len(result) {
		return dialect.FunctionArity(f.FullName().Quoted(), len(declared), len(result))
	}
	for _, d := range declared {
		f.Table = append(f.Table, metastore.Column{Name: d.Name, Type: d.Type.String(), Nullable: true, Comment: d.Comment})
	}
	if err := checkColumns(f.Table); err != nil {
		return err
	}
	_, err = x.tableFunctionColumns(ctx, f)
	return err
}

// tableFunctionColumns are the columns of the query that [resolver.tableBody] makes, called
// with NULLs: while the function's own are not known, those of the parameters come first.
func (x *run) tableFunctionColumns(ctx context.Context, f *metastore.Function) ([]metastore.Column, error) {
	r := resolver{run: x, ctx: ctx, scope: x.scope()}
	tree, err := r.tableBody(f, f.Owner)
	if err != nil {
		return nil, err
	}
	nulls := map[string]dialect.Node{}
	for i, p := range f.Parameters {
		t, err := dialect.ParseType(p.Type)
		if err != nil {
			return nil, err
		}
		null, err := r.template("SELECT CAST(NULL AS " + t.DuckDB() + ")")
		if err != nil {
			return nil, err
		}
		selected, _ := null["select_list"].([]any)
		nulls[argument(i)], _ = selected[0].(dialect.Node)
	}
	if err := substitute(tree.Query(), nulls); err != nil {
		return nil, err
	}
	query, err := x.deserialize(ctx, tree)
	if err != nil {
		return nil, err
	}
	columns, err := x.shape(ctx, query)
	return columnsOf(columns), err
}
