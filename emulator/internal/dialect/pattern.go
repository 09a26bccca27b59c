package dialect

import "strings"

// patternLetters maps Databricks' datetime pattern letters to strftime's.
var patternLetters = map[string]string{
	"yyyy": "%Y", "yy": "%y", "MMMM": "%B", "MMM": "%b", "MM": "%m", "M": "%-m", "dd": "%d", "d": "%-d",
	"EEEE": "%A", "EEE": "%a", "E": "%a", "HH": "%H", "H": "%-H", "hh": "%I", "h": "%-I", "mm": "%M", "ss": "%S",
	"y": "%Y", "D": "%-j", "SSS": "%g", "SSSSSS": "%f", "a": "%p", "DDD": "%j",
}

// datePattern translates a datetime pattern for strftime and strptime. Text in single
// quotes stands for itself.
func datePattern(pattern string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(pattern); {
		c := pattern[i]
		switch {
		case c == '\'':
			end := strings.IndexByte(pattern[i+1:], '\'')
			if end < 0 {
				return "", InvalidParameterValue("The datetime pattern '" + pattern + "' has an unclosed quote.")
			}
			literal := pattern[i+1 : i+1+end]
			if end == 0 {
				literal = "'"
			}
			b.WriteString(strings.ReplaceAll(literal, "%", "%%"))
			i += end + 2
		case c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z':
			run := i
			for run < len(pattern) && pattern[run] == c {
				run++
			}
			letters, ok := patternLetters[pattern[i:run]]
			if !ok {
				return "", Unsupported("the letters " + pattern[i:run] + " in a datetime pattern")
			}
			b.WriteString(letters)
			i = run
		case c == '%':
			b.WriteString("%%")
			i++
		default:
			b.WriteByte(c)
			i++
		}
	}
	return b.String(), nil
}

// patternOf translates the pattern in a function's last argument, which must be a literal.
func patternOf(arg any) (Node, error) {
	n, _ := arg.(Node)
	if n["class"] != "CONSTANT" || !isString(n) {
		return nil, Unsupported("datetime patterns that are not string literals")
	}
	value, _ := n["value"].(Node)
	text, _ := value["value"].(string)
	translated, err := datePattern(text)
	return stringConstant(translated), err
}

func castTo(child any, duckDB string) Node {
	return Node{"class": "CAST", "type": "OPERATOR_CAST", "alias": "", "child": child, "cast_type": Node{"id": duckDB, "type_info": nil}, "try_cast": false}
}

// dateFormat becomes strftime.
func dateFormat(n Node) error {
	args := children(n)
	if len(args) != 2 {
		return wrongArguments("date_format", len(args))
	}
	if nameOf(args[1]) == "Q" || nameOf(args[1]) == "q" {
		replace(n, castTo(call(macroPrefix+"quarter", args[0]), "VARCHAR"))
		return nil
	}
	pattern, err := patternOf(args[1])
	if err != nil {
		return err
	}
	replace(n, call("strftime", castTo(args[0], "TIMESTAMP"), pattern))
	return nil
}

// parseWithPattern makes the rule of a function that parses text: with a pattern it becomes
// strptime, without one the macro of the same name.
func parseWithPattern(name, parse, duckDB string) func(Node) error {
	return func(n Node) error {
		args := children(n)
		switch len(args) {
		case 1:
			replace(n, call(macroPrefix+name, args[0]))
		case 2:
			pattern, err := patternOf(args[1])
			if err != nil {
				return err
			}
			replace(n, castTo(call(parse, args[0], pattern), duckDB))
		default:
			return wrongArguments(name, len(args))
		}
		return nil
	}
}

// unixTimestamp is unix_timestamp([time[, pattern]]).
func unixTimestamp(n Node) error {
	args := children(n)
	if len(args) == 2 {
		pattern, err := patternOf(args[1])
		if err != nil {
			return err
		}
		args = []any{castTo(call("strptime", args[0], pattern), "TIMESTAMP WITH TIME ZONE")}
	}
	if len(args) > 1 {
		return wrongArguments("unix_timestamp", len(args))
	}
	replace(n, call(macroPrefix+"unix_timestamp", args...))
	return nil
}

// fromUnixTime is from_unixtime(seconds[, pattern]).
func fromUnixTime(n Node) error {
	args := children(n)
	switch len(args) {
	case 1:
		replace(n, call(macroPrefix+"from_unixtime", args...))
	case 2:
		pattern, err := patternOf(args[1])
		if err != nil {
			return err
		}
		replace(n, call("strftime", castTo(call("to_timestamp", castTo(args[0], "BIGINT")), "TIMESTAMP"), pattern))
	default:
		return wrongArguments("from_unixtime", len(args))
	}
	return nil
}

func wrongArguments(name string, have int) *Error {
	return newError("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "42605", "The `%s` does not take %d parameters.", name, have)
}
