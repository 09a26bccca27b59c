package warehouse

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
	"corbel.example/emulator/internal/principal"
)

// scope is as whom and from where the names of a query are resolved: the caller's, or for
// the query of a view its owner's.
type scope struct {
	as       principal.Principal
	fallback metastore.Name
	views    []metastore.Name // the views that are being expanded, outermost first
}

func (x *run) scope() scope { return scope{as: x.caller, fallback: x.fallback} }

func (x *run) session(fallback metastore.Name) dialect.Session {
	return dialect.Session{
		User: x.caller.UserName, Groups: append([]string{principal.AllAccountUsers}, x.caller.Groups...),
		Catalog: fallback.Catalog, Schema: fallback.Schema,
	}
}

// tree parses and translates a query and resolves the names in it.
func (x *run) tree(ctx context.Context, src string, tokens []dialect.Token, s scope) (*dialect.Tree, error) {
	rewritten, err := dialect.Rewrite(src, tokens, x.session(s.fallback))
	if err != nil {
		return nil, err
	}
	var serialized string
	if err := x.conn.QueryRowContext(ctx, "SELECT CAST(json_serialize_sql(CAST(? AS VARCHAR)) AS VARCHAR)", rewritten).Scan(&serialized); err != nil {
		return nil, err
	}
	tree, err := dialect.ParseTree(serialized)
	if err != nil {
		var fault *dialect.Error
		if errors.As(err, &fault) {
			fault.Locate(src, rewritten, tokens)
		}
		return nil, err
	}
	if err := tree.Translate(x.relations(s)); err != nil {
		return nil, err
	}
	resolver := resolver{run: x, ctx: ctx, scope: s}
	if err := resolver.node(tree.Query(), nil); err != nil {
		return nil, err
	}
	return tree, nil
}

func (x *run) deserialize(ctx context.Context, tree *dialect.Tree) (string, error) {
	if err := tree.CheckGrowth(); err != nil {
		return "", err
	}
	data, err := tree.JSON()
	if err != nil {
		return "", err
	}
	var statement string
	err = x.conn.QueryRowContext(ctx, "SELECT json_deserialize_sql(CAST(? AS JSON))", data).Scan(&statement)
	return statement, err
}

// translate turns a query into a DuckDB query that the caller may run.
func (x *run) translate(ctx context.Context, q dialect.Query) (string, error) {
	tree, err := x.tree(ctx, x.src, q.Tokens, x.scope())
	if err != nil {
		return "", err
	}
	return x.deserialize(ctx, tree)
}

// relations tells translation the columns of tables and views that the scope's principal may
// read.
func (x *run) relations(s scope) dialect.Relations {
	return func(parts []string) []dialect.Field {
		as := *x
		as.fallback, as.caller = s.fallback, s.as
		name := as.table(parts)
		if as.require(name, metastore.Select) != nil {
			return nil
		}
		t, ok := x.snapshot.Table(name)
		if !ok {
			return nil
		}
		fields := make([]dialect.Field, len(t.Columns))
		for i, c := range t.Columns {
			kind, err := columnType(c)
			if err != nil {
				return nil
			}
			fields[i] = dialect.Field{Name: c.Name, Type: kind}
		}
		return fields
	}
}

// expression turns an expression into a DuckDB expression. The subqueries in it are
// resolved and checked like any query.
func (x *run) expression(ctx context.Context, tokens []dialect.Token) (string, error) {
	return x.fragment(ctx, x.src, "SELECT", tokens)
}

// relation turns what can stand behind FROM into DuckDB's.
func (x *run) relation(ctx context.Context, tokens []dialect.Token) (string, error) {
	return x.fragment(ctx, x.src, "SELECT * FROM", tokens)
}

// fragment translates a piece of SQL as the rest of a query that begins with prefix. src is
// the text that the tokens come from.
func (x *run) fragment(ctx context.Context, src, prefix string, tokens []dialect.Token) (string, error) {
	query := append([]dialect.Token{{Kind: dialect.Verbatim, Text: prefix}}, tokens...)
	tree, err := x.tree(ctx, src, query, x.scope())
	if err != nil {
		return "", err
	}
	if !onlySelects(tree.Query(), prefix) {
		return "", dialect.Unsupported("this expression here")
	}
	statement, err := x.deserialize(ctx, tree)
	if err != nil {
		return "", err
	}
	fragment, ok := strings.CutPrefix(statement, prefix+" ")
	if !ok {
		return "", fmt.Errorf("translate fragment: %q does not begin with %q", statement, prefix)
	}
	return fragment, nil
}

// onlySelects reports whether the query holds nothing but the fragment: one expression, or
// one relation. Anything more (a WHERE, a UNION, a second column) was smuggled in.
func onlySelects(query dialect.Node, prefix string) bool {
	if query["type"] != "SELECT_NODE" || query["where_clause"] != nil || query["having"] != nil || query["qualify"] != nil || query["sample"] != nil {
		return false
	}
	for _, list := range []string{"group_expressions", "group_sets", "modifiers"} {
		if items, _ := query[list].([]any); len(items) > 0 {
			return false
		}
	}
	selected, _ := query["select_list"].([]any)
	from, _ := query["from_table"].(dialect.Node)
	if len(selected) != 1 {
		return false
	}
	if prefix == "SELECT" {
		item, _ := selected[0].(dialect.Node)
		item["alias"] = ""
		return from["type"] == "EMPTY"
	}
	return true
}
