package dialect

import "strings"

// textArguments are the functions of strings: s stands for an argument that is taken as a
// STRING, and the last letter for all arguments behind it.
var textArguments = textPositions(map[string]string{
	"s": `upper lower ucase lcase initcap trim ltrim rtrim btrim length char_length character_length len ascii soundex md5 sha sha1 crc32 concat_ws replace
		translate regexp_replace contains startswith endswith instr levenshtein rlike regexp regexp_like regexp_matches ~~ !~~ ~~* !~~* url_encode find_in_set
		json_path get_json_object encode bit_length octet_length regexp_count regexp_substr regexp_instr`,
	"s.":  "substring substr mid left right repeat base64",
	"ss.": "split split_part regexp_extract regexp_extract_all substring_index overlay locate charindex position",
	"s.s": "lpad rpad",
})

func textPositions(groups map[string]string) map[string]string {
	table := map[string]string{}
	for positions, names := range groups {
		for _, name := range strings.Fields(names) {
			table[name] = positions
		}
	}
	return table
}

// arguments gives arguments the types that a function of strings or of numbers takes.
func arguments(n Node, name string) {
	args := children(n)
	if positions, ok := textArguments[name]; ok {
		for i, a := range args {
			if positions[min(i, len(positions)-1)] == 's' && typeOf(a) != nil && !typeOf(a).nested() && !typeOf(a).is(Binary, Void) {
				args[i] = coerced(a, scalarType(StringType))
			}
		}
		return
	}
	if (results[name].is(Double) || name == "abs" || name == "negative") && name != "months_between" {
		for i, a := range args {
			if typeOf(a).isText() {
				args[i] = castAs(a, scalarType(Double))
			}
		}
	}
}

// tryOperators are the operators that functions compute without failing.
var tryOperators = map[string]string{"try_add": "+", "try_subtract": "-", "try_multiply": "*", "try_divide": "/", "try_mod": "%"}

// attempt is an operator that yields NULL where it would fail.
func attempt(n Node, operator string, args []any) {
	operation := call(operator, args...)
	operation["is_operator"], operation[returns] = true, typeOf(n)
	divisor := copyOf(args[1])
	if !operate(operation, operator) && operatorRules[operator] != "" {
		operation["function_name"], operation["is_operator"] = macroPrefix+operatorRules[operator], false
	}
	tried := call(macroPrefix+"attempt", operation)
	if operator == "/" || operator == "%" {
		isZero := Node{"class": "COMPARISON", "type": "COMPARE_EQUAL", "alias": "", "left": divisor, "right": intConstant(0)}
		tried = caseOf([]any{isZero}, []any{nullConstant()}, operation)
	}
	replace(n, tried)
}

// sameTyped are the functions whose arguments, from an index on, take one type.
var sameTyped = map[string]int{"coalesce": 0, "greatest": 0, "least": 0, "ifnull": 0, "nvl": 0, "if": 1, "iff": 1, "nvl2": 1, "list_value": 0}

// typed gives a call whose types are known Databricks' meaning where DuckDB's is another,
// and reports whether that is all of its translation.
func typed(n Node, name string) bool {
	args := children(n)
	switch from, same := sameTyped[name]; {
	case operatorRules[name] != "" || name == "*":
		return operate(n, name)
	case name == "mod":
		if operate(n, "%") {
			return true
		}
	case name == "pmod" && typeOf(n).is(Decimal):
		same := commonNumber(typeOf(args[0]).asDecimal(), typeOf(args[1]).asDecimal())
		replace(n, castAs(call(macroPrefix+"pmod", castAs(args[0], same), castAs(args[1], same)), typeOf(n)))
		return true
	case name == "typeof" && len(args) == 1 && typeOf(args[0]) != nil:
		name := stringConstant(typeOf(args[0]).Catalog())
		if arg, _ := args[0].(Node); Aggregates(arg) { // it stays an aggregate
			name = caseOf([]any{isNotNull(arg)}, []any{name}, name)
		}
		replace(n, name)
		return true
	case tryOperators[name] != "" && len(args) == 2 && typeOf(n) != nil:
		attempt(n, tryOperators[name], args)
		return true
	case name == "shiftrightunsigned" && len(args) == 2 && typeOf(n) != nil:
		replace(n, castAs(call(macroPrefix+name, args...), typeOf(n)))
		return true
	case name == "count" && len(args) > 1:
		countRows(n, args)
	case roundings[name] != "":
		return roundTo(n, name)
	case same && typeOf(n) != nil && len(args) > from:
		if t := typeOf(n); name == "list_value" {
			align(args, t.Element)
		} else {
			align(args[from:], t)
		}
	case name == "concat" && typeOf(n).isText():
		align(args, typeOf(n))
	}
	arguments(n, name)
	return aggregate(n, name)
}
