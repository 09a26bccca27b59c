package dialect

import (
	"fmt"
	"strconv"
	"strings"
)

// caseName is the text of CASE.
func caseName(n Node) string {
	var b strings.Builder
	b.WriteString("CASE")
	checks, _ := n["case_checks"].([]any)
	for _, c := range checks {
		check, _ := c.(Node)
		when, then := nameOf(check["when_expr"]), nameOf(check["then_expr"])
		if when == "" {
			return ""
		}
		b.WriteString(" WHEN " + when + " THEN " + then)
	}
	if other, _ := n["else_expr"].(Node); other["class"] != nil && literalType(other) != Void {
		b.WriteString(" ELSE " + nameOf(other))
	}
	return b.String() + " END"
}

// literalType is the name of a literal's type, or nothing.
func literalType(n Node) TypeName {
	if n["class"] != "CONSTANT" {
		return ""
	}
	if t := constantType(n); t != nil {
		return t.Name
	}
	return ""
}

// lambdaName is the text of a lambda expression, whose parameters lose their names.
func lambdaName(n Node) string {
	parameters, body, ok := lambda(n)
	if !ok {
		return ""
	}
	variable := stringConstant("namedlambdavariable()")
	values := map[string]Node{}
	for _, p := range parameters {
		values[strings.ToLower(p)] = variable
	}
	text := nameOf(substitute(copyOf(body), values))
	if text == "" {
		return ""
	}
	return "lambdafunction(" + text + strings.Repeat(", namedlambdavariable()", len(parameters)) + ")"
}

// frameBounds are the ends of window frames by their names in DuckDB's tree, without the
// suffix that tells rows from values.
var frameBounds = map[string]string{
	"UNBOUNDED_PRECEDING": "UNBOUNDED PRECEDING", "UNBOUNDED_FOLLOWING": "UNBOUNDED FOLLOWING", "CURRENT_ROW": "CURRENT ROW",
	"EXPR_PRECEDING": "PRECEDING", "EXPR_FOLLOWING": "FOLLOWING",
}

// rankings are window functions that always count rows up to the current one.
var rankings = wordSet("row_number rank dense_rank percent_rank cume_dist ntile")

// windowName is the text of a window function with its whole window.
func windowName(n Node) string {
	name := strings.ToLower(fmt.Sprint(n["function_name"]))
	args := children(n)
	switch {
	case name == "count" && len(args) == 0, name == "count_star":
		name, args = "count", []any{intConstant(1)}
	case name == "lag" || name == "lead":
		args = offsetArguments(n, name)
	}
	text := callName(name, args...)
	if text == "" {
		return ""
	}
	var parts []string
	if list, _ := n["partitions"].([]any); len(list) > 0 {
		names := strings.TrimSuffix(strings.TrimPrefix(callName("", list...), "("), ")")
		parts = append(parts, "PARTITION BY "+names)
	}
	ordered := false
	if list, _ := n["orders"].([]any); len(list) > 0 {
		ordered = true
		orders := make([]string, len(list))
		for i, o := range list {
			order, _ := o.(Node)
			orders[i] = nameOf(order["expression"]) + " " + orderName(order)
		}
		parts = append(parts, "ORDER BY "+strings.Join(orders, ", "))
	}
	parts = append(parts, frameName(n, name, ordered))
	return text + " OVER (" + strings.Join(parts, " ") + ")"
}

// offsetArguments are all arguments of lag() and lead(). The offset of lag() counts back.
func offsetArguments(n Node, name string) []any {
	var offset, otherwise any = intConstant(1), nullConstant()
	if o, ok := n["offset_expr"].(Node); ok {
		offset = o
	}
	if d, ok := n["default_expr"].(Node); ok {
		otherwise = d
	}
	if name == "lag" {
		offset = stringConstant("-" + nameOf(offset))
	}
	return []any{children(n)[0], offset, otherwise}
}

func orderName(order Node) string {
	direction, nulls := "ASC", "NULLS FIRST"
	if strings.HasPrefix(fmt.Sprint(order["type"]), "DESC") {
		direction, nulls = "DESC", "NULLS LAST"
	}
	switch order["null_order"] {
	case "NULLS_FIRST", "NULLS FIRST":
		nulls = "NULLS FIRST"
	case "NULLS_LAST", "NULLS LAST":
		nulls = "NULLS LAST"
	}
	return direction + " " + nulls
}

func frameName(n Node, name string, ordered bool) string {
	start, end := fmt.Sprint(n["start"]), fmt.Sprint(n["end"])
	unit := "RANGE"
	if strings.HasSuffix(start, "_ROWS") || strings.HasSuffix(end, "_ROWS") || rankings[name] {
		unit = "ROWS"
	}
	if name == "lag" || name == "lead" {
		offset := nameOf(offsetArguments(n, name)[1])
		return "ROWS BETWEEN " + offset + " FOLLOWING AND " + offset + " FOLLOWING"
	}
	if !ordered && start == "UNBOUNDED_PRECEDING" && end == "CURRENT_ROW_RANGE" {
		return "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"
	}
	bound := func(which string, expression any) string {
		text := frameBounds[strings.TrimSuffix(strings.TrimSuffix(which, "_ROWS"), "_RANGE")]
		if e, ok := expression.(Node); ok {
			text = nameOf(e) + " " + text
		}
		return text
	}
	return unit + " BETWEEN " + bound(start, n["start_expr"]) + " AND " + bound(end, n["end_expr"])
}

// intervalName is the text of a literal interval.
func intervalName(n Node) (string, bool) {
	amount, units, ok := literalInterval(n)
	if !ok {
		return "", false
	}
	return IntervalText(units, amount), true
}

// unitSizes are the units of intervals in months or microseconds.
var unitSizes = map[string]int64{
	"YEAR": 12, "MONTH": 1, "WEEK": 7 * microsecondsADay, "DAY": microsecondsADay, "HOUR": 3600_000_000, "MINUTE": 60_000_000, "SECOND": 1_000_000,
	"MILLISECOND": 1000, "MICROSECOND": 1,
}

// literalInterval is the value of a literal interval, in the forms that DuckDB's parser
// gives them: to_days(3), and a cast of text.
func literalInterval(n Node) (amount int64, units string, ok bool) {
	if n["class"] == "CAST" {
		t := castType(n)
		child, _ := n["child"].(Node)
		if !t.is(Interval) {
			return 0, "", false
		}
		words := strings.Fields(strings.ToUpper(constantName(child)))
		for i := 0; i+1 < len(words); i += 2 {
			number, err := strconv.ParseFloat(words[i], 64)
			if err != nil {
				return 0, "", false
			}
			amount += int64(number * float64(unitSizes[strings.TrimSuffix(words[i+1], "S")]))
		}
		return amount, t.Units, len(words)%2 == 0
	}
	name, _ := n["function_name"].(string)
	unit := strings.ToUpper(strings.TrimSuffix(strings.TrimPrefix(name, "to_"), "s"))
	if unitFunctions[name] == "" || len(children(n)) != 1 {
		return 0, "", false
	}
	inner, _ := children(n)[0].(Node)
	for inner != nil && inner["class"] != "CONSTANT" {
		next, _ := inner["child"].(Node)
		if inner["class"] == "FUNCTION" && len(children(inner)) == 1 {
			next, _ = children(inner)[0].(Node)
		}
		inner = next
	}
	number, err := strconv.ParseFloat(constantName(inner), 64)
	return int64(number * float64(unitSizes[unit])), unitFunctions[name], err == nil
}
