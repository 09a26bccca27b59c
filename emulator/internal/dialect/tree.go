package dialect

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Tree is the syntax tree of one query, in the JSON form of DuckDB's json_serialize_sql.
type Tree struct {
	root    map[string]any
	columns columns
}

// Node is a node of a [Tree].
type Node = map[string]any

// ParseTree reads what json_serialize_sql returned.
func ParseTree(serialized string) (*Tree, error) {
	decoder := json.NewDecoder(strings.NewReader(serialized))
	decoder.UseNumber() // positions are larger than a float64 can hold
	var root Node
	if err := decoder.Decode(&root); err != nil {
		return nil, fmt.Errorf("read syntax tree: %w", err)
	}
	if failed, _ := root["error"].(bool); failed {
		message, _ := root["error_message"].(string)
		fault := parseFault(message)
		fault.position, _ = strconv.Atoi(fmt.Sprint(root["position"])) // 0 where there is none
		return nil, fault
	}
	if statements, _ := root["statements"].([]any); len(statements) != 1 {
		return nil, newError("PARSE_SYNTAX_ERROR", "42601", "Syntax error: expected one query.")
	}
	return &Tree{root: root}, nil
}

// NewTree is the tree of a query, given by its node.
func NewTree(query Node) *Tree {
	return &Tree{root: Node{"error": false, "statements": []any{Node{"node": query, "named_param_map": []any{}}}}}
}

// JSON writes the tree for json_deserialize_sql.
func (t *Tree) JSON() (string, error) {
	data, err := json.Marshal(t.root)
	return string(data), err
}

// Query returns the node of the query itself.
func (t *Tree) Query() Node {
	statement, _ := t.root["statements"].([]any)[0].(Node)
	query, _ := statement["node"].(Node)
	return query
}

// Translate gives every expression of the query Databricks' meaning, and refuses what it
// does not know: node kinds and functions are let through by name only. The relations tell
// the types of columns.
func (t *Tree) Translate(relations Relations) (err error) {
	defer func() {
		switch fault := recover().(type) {
		case nil:
		case *Error:
			err = fault // of copyOf
		default:
			panic(fault)
		}
	}()
	query := t.Query()
	if mixesAggregates(query) {
		return MissingGroupBy()
	}
	types := &inference{relations: relations}
	t.columns = types.query(query, nil)
	defer forget(t.root)
	if types.err != nil {
		return types.err
	}
	return translate(t.root)
}

// Types are the types of the query's columns as far as translation found them out: nil for
// one that it didn't, and no slice at all when it doesn't know how many there are.
func (t *Tree) Types() []*Type {
	if t.columns.open {
		return nil
	}
	types := make([]*Type, len(t.columns.fields))
	for i, f := range t.columns.fields {
		types[i] = f.Type
	}
	return types
}

func translate(v any) error {
	switch x := v.(type) {
	case []any:
		for _, child := range x {
			if err := translate(child); err != nil {
				return err
			}
		}
	case Node:
		return translateNode(x)
	}
	return nil
}

func translateNode(n Node) error {
	if n["type"] == "SELECT_NODE" {
		nameColumns(n)
	}
	if n["type"] == "TABLE_FUNCTION" {
		if err := translateTableFunction(n); err != nil {
			return err
		}
	}
	for _, key := range slices.Sorted(maps.Keys(n)) { // in order, so that the first error is always the same
		child := n[key]
		if (n["type"] == "TABLE_FUNCTION" || n["type"] == TableRoutine) && key == "function" {
			f, _ := child.(Node)
			child = f["children"] // the function itself has its own rule
		}
		if key == "cast_type" || key == "value" && n["class"] == "CONSTANT" {
			continue
		}
		if err := translate(child); err != nil {
			return err
		}
	}
	if class, ok := n["class"].(string); ok {
		return translateExpression(class, n)
	}
	return checkRelation(n)
}

// relations are the kinds of node that can stand in FROM or be a query.
var relations = map[string]bool{
	"BASE_TABLE": true, "SUBQUERY": true, "JOIN": true, "TABLE_FUNCTION": true, TableRoutine: true, "PIVOT": true, "EMPTY": true, "EXPRESSION_LIST": true,
}

// checkRelation refuses relations such as DuckDB's DESCRIBE and SHOW inside FROM.
func checkRelation(n Node) error {
	kind, _ := n["type"].(string)
	_, hasSample := n["sample"]
	if !hasSample || kind == "SELECT_NODE" {
		return nil
	}
	if !relations[kind] {
		return Unsupported("the relation " + strings.ReplaceAll(kind, "_", " "))
	}
	if kind == "BASE_TABLE" && n["at_clause"] != nil {
		return Unsupported("time travel")
	}
	if kind == "JOIN" && n["ref_type"] != "REGULAR" && n["ref_type"] != "CROSS" && n["ref_type"] != "NATURAL" {
		return Unsupported(fmt.Sprintf("%v joins", n["ref_type"]))
	}
	return nil
}

func translateExpression(class string, n Node) error {
	switch class {
	case "FUNCTION":
		return translateFunction(n)
	case "WINDOW":
		return translateWindow(n)
	case "CAST":
		return translateCast(n)
	case "OPERATOR":
		return translateOperator(n)
	case "STAR":
		// COLUMNS(...) is DuckDB's, and the rewriter doesn't let it pass; what has the same
		// shape is ORDER BY ALL.
	case "COLUMN_REF":
		return checkColumn(n)
	case "CASE":
		if typeOf(n) != nil {
			alignCase(n)
		}
	case "COMPARISON":
		compare(n, "left", "right")
	case "BETWEEN":
		compare(n, "input", "lower", "upper")
	case "CONSTANT", "CONJUNCTION", "SUBQUERY", "LAMBDA":
	default:
		return Unsupported("expressions of the kind " + class)
	}
	return nil
}

// engineColumns are names that DuckDB takes for functions where there is no such column.
var engineColumns = map[string]bool{
	"current_catalog": true, "current_role": true, "current_schema": true, "current_time": true, "current_user": true, "localtime": true,
	"localtimestamp": true, "session_user": true,
}

func checkColumn(n Node) error {
	parts := columnParts(n)
	if len(parts) == 1 && engineColumns[strings.ToLower(parts[0])] {
		return UnresolvedColumn(parts[0])
	}
	return nil
}

func children(n Node) []any {
	list, _ := n["children"].([]any)
	return list
}

// replace puts another expression in the place of n, under the same alias.
func replace(n, other Node) {
	alias, t := n["alias"], n[returns]
	clear(n)
	maps.Copy(n, other)
	n["alias"] = alias
	if t != nil {
		n[returns] = t
	}
}

func call(name string, args ...any) Node {
	if args == nil {
		args = []any{}
	}
	return Node{
		"class": "FUNCTION", "type": "FUNCTION", "alias": "", "function_name": name, "schema": "", "catalog": "", "children": args,
		"filter": nil, "order_bys": Node{"type": "ORDER_MODIFIER", "orders": []any{}}, "distinct": false, "is_operator": false, "export_state": false,
	}
}

func stringConstant(s string) Node {
	return Node{"class": "CONSTANT", "type": "VALUE_CONSTANT", "alias": "", "value": Node{"type": Node{"id": "VARCHAR", "type_info": nil}, "is_null": false, "value": s}}
}

// likeOperators maps DuckDB's operators to functions that take the escape character, which
// is a backslash in Databricks unless ESCAPE says otherwise.
var likeOperators = map[string]string{"~~": "like_escape", "!~~": "not_like_escape", "~~*": "ilike_escape", "!~~*": "not_ilike_escape"}

func translateFunction(n Node) error {
	name, _ := n["function_name"].(string)
	name = strings.ToLower(name)
	schema, _ := n["schema"].(string)
	catalog, _ := n["catalog"].(string)
	if catalog != "" || schema != "" && schema != "main" {
		n["class"] = Routine
		return nil
	}
	if like, ok := likeOperators[name]; ok {
		arguments(n, name)
		n["function_name"], n["is_operator"], n["children"] = like, false, append(children(n), stringConstant(`\`))
		return nil
	}
	if typed(n, name) {
		return nil
	}
	if build, ok := constructors[name]; ok {
		return build(n)
	}
	f, ok := functions[name]
	if ok && windowOnly[name] {
		return newError("WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE", "42601", "Window function \"%s()\" requires an OVER clause.", name)
	}
	if !ok {
		if unservedFunctions[name] {
			return Unsupported("the function " + name)
		}
		n["class"] = Routine
		return nil
	}
	if name == "transform" || name == "filter" {
		countFromZero(children(n))
	}
	if keepsNative(name, children(n)) {
		return nil
	}
	if counts := arities[f.target]; counts != nil && !slices.Contains(counts, len(children(n))) {
		return wrongArguments(name, len(children(n)))
	}
	if f.target != name {
		n["function_name"], n["is_operator"] = f.target, false
	}
	if !f.aggregate && strings.HasPrefix(f.target, macroPrefix) && (n["distinct"] == true || n["filter"] != nil) {
		return Unsupported("DISTINCT or FILTER in " + name)
	}
	if strings.HasPrefix(f.target, macroPrefix) {
		n["schema"] = ""
	}
	return nil
}

// keepsNative reports whether a function that a macro serves is DuckDB's own here: a sign,
// and the trunc that DuckDB's parser makes for INTERVAL. It gives string literals in
// arithmetic the type that they take there.
func keepsNative(name string, args []any) bool {
	if name == "trunc" {
		return len(args) == 1
	}
	if _, operator := operatorRules[name]; !operator {
		return false
	}
	for i, a := range args {
		if n, _ := a.(Node); n["class"] == "CONSTANT" && isString(n) {
			args[i] = castTo(n, numericType(constantName(n)))
		}
	}
	return len(args) != 2
}

// numericType is the type that a string literal takes in arithmetic.
func numericType(text string) string {
	if _, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64); err == nil {
		return "BIGINT"
	}
	return "DOUBLE"
}

func translateWindow(n Node) error {
	name, _ := n["function_name"].(string)
	name = strings.ToLower(name)
	f, ok := functions[name]
	switch {
	case !ok:
		return unknownFunction(name)
	case !f.aggregate:
		return Unsupported("OVER with the function " + name)
	}
	if aggregate(n, name) {
		return nil
	}
	n["function_name"] = f.target
	if f.windowInt {
		inner := maps.Clone(n)
		inner["alias"] = ""
		replace(n, castTo(inner, "INTEGER"))
	}
	return nil
}

func translateCast(n Node) error {
	target, _ := n["cast_type"].(Node)
	id, _ := target["id"].(string)
	try, _ := n["try_cast"].(bool)
	name := castMacroName(id, try)
	child, _ := n["child"].(Node)
	if from, to := typeOf(child), typeOf(n); from != nil && to != nil {
		if !castable(from, to) {
			return notCastable(castName(n), from, to)
		}
		if cast := converted(child, from, to, try); cast != nil {
			replace(n, cast)
			return nil
		}
	}
	if name == "" || child["class"] == "CONSTANT" && id == "VARCHAR" && isString(child) {
		return nil
	}
	replace(n, call(macroPrefix+name, child))
	return nil
}

func isString(constant Node) bool {
	value, _ := constant["value"].(Node)
	kind, _ := value["type"].(Node)
	null, _ := value["is_null"].(bool)
	return kind["id"] == "VARCHAR" && !null
}

func translateOperator(n Node) error {
	switch n["type"] {
	case "GROUPING_FUNCTION":
		if len(children(n)) == 1 {
			inner := maps.Clone(n)
			inner["alias"] = ""
			replace(n, castTo(inner, "TINYINT"))
		}
	case "OPERATOR_COALESCE":
		if t := typeOf(n); t != nil {
			align(children(n), t)
		}
	case "COMPARE_IN", "COMPARE_NOT_IN":
		compareIn(children(n))
	case "ARRAY_SLICE":
		return Unsupported("slices of arrays: use slice()")
	case "ARRAY_EXTRACT":
		index, _ := children(n)[1].(Node)
		if index["class"] == "CONSTANT" && isString(index) {
			return nil // a key of a MAP
		}
		replace(n, call(macroPrefix+"subscript", children(n)...))
	}
	return nil
}

// windowOnly are the functions that have no meaning without a window.
var windowOnly = wordSet("row_number rank dense_rank percent_rank cume_dist ntile lag lead nth_value")

// translateTableFunction lets the table-valued functions of the allow-list through, with
// the column names that Databricks gives their results.
func translateTableFunction(n Node) error {
	f, _ := n["function"].(Node)
	name, _ := f["function_name"].(string)
	name = strings.ToLower(name)
	column, ok := tableFunctions[name]
	if schema, _ := f["schema"].(string); !ok || schema != "" {
		if unservedFunctions[name] && schema == "" {
			return Unsupported("the table-valued function " + name)
		}
		n["type"] = TableRoutine
		return nil
	}
	if f["function_name"] = name; name == "explode" {
		f["function_name"] = "unnest"
	}
	if names, _ := n["column_name_alias"].([]any); len(names) == 0 {
		n["column_name_alias"] = []any{column}
		if n["alias"] == "" {
			n["alias"] = name
		}
	}
	return nil
}
