package warehouse

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
	"corbel.example/emulator/internal/principal"
)

// maxViewDepth bounds views on views.
const maxViewDepth = 50

// resolver walks the syntax tree of a query. It puts the full physical name on every table,
// after checking that the principal may read it, and the query in the place of every view.
// Only names of common table expressions stay unqualified.
type resolver struct {
	*run
	ctx   context.Context
	scope scope
}

// node resolves the names in a node; ctes are the names of the common table expressions
// in reach, in lower case.
func (r *resolver) node(n dialect.Node, ctes []string) error {
	ctes, err := r.commonTables(n, ctes)
	if err != nil {
		return err
	}
	if n["type"] == "BASE_TABLE" && n["class"] == nil {
		return r.table(n, ctes)
	}
	if n["type"] == dialect.TableRoutine {
		return r.tableRoutine(n, ctes)
	}
	if n["class"] == dialect.Routine {
		return r.routine(n, ctes)
	}
	if name, ok := n["cte_name"].(string); ok && n["type"] == "RECURSIVE_CTE_NODE" {
		ctes = append(slices.Clone(ctes), strings.ToLower(name))
	}
	for _, key := range sortedKeys(n) { // in order, so that the first error is always the same
		if key == "cte_map" {
			continue
		}
		if err := r.value(n[key], ctes); err != nil {
			return err
		}
	}
	return nil
}

func (r *resolver) value(v any, ctes []string) error {
	switch x := v.(type) {
	case []any:
		for _, item := range x {
			if err := r.value(item, ctes); err != nil {
				return err
			}
		}
	case dialect.Node:
		return r.node(x, ctes)
	}
	return nil
}

// commonTables resolves the queries of a WITH clause in order: each sees those before it
// and not itself (unless it is recursive). It returns the names in reach of the rest.
func (r *resolver) commonTables(n dialect.Node, ctes []string) ([]string, error) {
	container, _ := n["cte_map"].(dialect.Node)
	entries, _ := container["map"].([]any)
	if len(entries) == 0 {
		return ctes, nil
	}
	ctes = slices.Clone(ctes)
	for _, e := range entries {
		entry, _ := e.(dialect.Node)
		if err := r.value(entry["value"], ctes); err != nil {
			return nil, err
		}
		ctes = append(ctes, strings.ToLower(fmt.Sprint(entry["key"])))
	}
	return ctes, nil
}

func (r *resolver) table(n dialect.Node, ctes []string) error {
	var parts []string
	for _, key := range []string{"catalog_name", "schema_name", "table_name"} {
		if part, _ := n[key].(string); part != "" {
			parts = append(parts, part)
		}
	}
	if len(parts) == 1 && slices.Contains(ctes, strings.ToLower(parts[0])) {
		return nil
	}
	as := *r.run
	as.fallback, as.caller = r.scope.fallback, r.scope.as
	name := as.table(parts)
	if n["alias"] == "" {
		n["alias"] = parts[len(parts)-1]
	}
	if name.Schema == informationSchema {
		return r.information(n, name)
	}
	if err := as.require(name, metastore.Select); err != nil {
		return err
	}
	t, ok := r.snapshot.Table(name)
	if ok && t.Kind == metastore.View {
		return r.view(n, t)
	}
	if ok && t.Protected() {
		query, err := r.protected(t, false)
		if err != nil {
			return err
		}
		aliases, _ := n["column_name_alias"].([]any)
		standIn(n, query, aliases)
		return nil
	}
	stored := t.Stored()
	n["catalog_name"], n["schema_name"], n["table_name"] = database(stored.Catalog), stored.Schema, stored.Table
	return nil
}

// view puts a view's query in the place of the view. It reads as the view's owner: whoever
// may select from the view needs no privilege on what is beneath.
func (r *resolver) view(n dialect.Node, v *metastore.Table) error {
	name := v.FullName()
	if slices.Contains(r.scope.views, name) || len(r.scope.views) >= maxViewDepth {
		return dialect.Unsupported("views that contain themselves, or nested deeper than 50 levels")
	}
	tokens, err := dialect.Lex(v.Definition)
	if err != nil {
		return err
	}
	inner := scope{as: r.owner(v.Owner), fallback: v.Default, views: append(slices.Clone(r.scope.views), name)}
	tree, err := r.tree(r.ctx, v.Definition, tokens, inner)
	if err != nil {
		return fmt.Errorf("view %s: %w", name, err)
	}
	names := make([]any, len(v.Columns))
	for i, c := range v.Columns {
		names[i] = c.Name
	}
	if aliases, _ := n["column_name_alias"].([]any); len(aliases) > 0 {
		copy(names, aliases)
	}
	query := tree.Query()
	if r.scope.as.UserName != v.Owner {
		if query, err = r.behindBarrier(query); err != nil {
			return err
		}
	}
	standIn(n, query, names)
	return nil
}

// standIn puts a query in the place of a table, under its alias.
func standIn(n, query dialect.Node, columns []any) {
	alias := n["alias"]
	clear(n)
	maps.Copy(n, dialect.Node{
		"type": "SUBQUERY", "alias": alias, "sample": nil, "column_name_alias": columns,
		"subquery": dialect.Node{"node": query, "named_param_map": []any{}},
	})
}

// behindBarrier is the query with the barrier around it.
func (r *resolver) behindBarrier(query dialect.Node) (dialect.Node, error) {
	r.hides = true
	outer, err := r.template("SELECT * FROM (SELECT 1) AS " + protectedAlias + barrier)
	if err != nil {
		return nil, err
	}
	from, _ := outer["from_table"].(dialect.Node)
	inner, ok := from["subquery"].(dialect.Node)
	if !ok {
		return nil, errors.New("barrier: the syntax tree has another form than expected")
	}
	inner["node"] = query
	return outer, nil
}

// owner is the principal that a view reads as: a user, or a group.
func (r *resolver) owner(name string) principal.Principal {
	if u, ok := r.principals.User(name); ok {
		return u
	}
	return principal.Principal{UserName: name, Groups: []string{name, principal.AllUsers}}
}
