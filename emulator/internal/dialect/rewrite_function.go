package dialect

import "strings"

// castFunctions are the functions that cast to a type of the same name: int(x).
var castFunctions = map[string]TypeName{
	"BIGINT": BigInt, "BINARY": Binary, "BOOLEAN": Boolean, "DATE": Date, "DECIMAL": Decimal, "DOUBLE": Double, "FLOAT": Float,
	"INT": Int, "SMALLINT": SmallInt, "STRING": StringType, "TIMESTAMP": Timestamp, "TINYINT": TinyInt,
}

// callNames are functions whose names mean something else to DuckDB's parser.
var callNames = map[string]string{"ARRAY": "list_value", "MAP": "map_from_pairs"}

// madeHere are the functions that the rewriter and the tree put into SQL: nobody else may
// call them, and COLUMNS(...) has a meaning of its own to DuckDB.
var madeHere = map[string]bool{
	"as_time": true, "columns": true, "decode_charset": true, "element_or_null": true, "ilike_all": true, "ilike_any": true, "json_field": true, "json_path": true,
	"like_all": true, "like_any": true, "make_struct": true, "map_from_pairs": true, "positions": true, "struct_field": true, "xor": true,
	"list_transform": true, "list_filter": true, "list_reduce": true, "list_value": true, "struct_pack": true, "struct_extract": true, "plus": true, "minus": true,
	"divide": true, "subscript": true, "session_value": true, "exact": true, "attempt": true, "elapsed": true, "time_text": true, "interval_text": true,
	"any_of": true, "all_of": true, "nan_as_null": true,
}

// functionWord rewrites word( where DuckDB's parser needs it, and reports whether it did.
func (r *rewriter) functionWord(upper string) (bool, error) {
	switch upper {
	case "CAST", "TRY_CAST":
		return true, r.cast(upper)
	case "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_USER", "SESSION_USER", "USER", "CURRENT_CATALOG", "CURRENT_SCHEMA", "CURRENT_DATABASE":
		return r.sessionCall(upper)
	case "IS_MEMBER", "IS_ACCOUNT_GROUP_MEMBER":
		return true, r.membership()
	case "DATEADD", "DATE_ADD", "TIMESTAMPADD", "DATEDIFF", "DATE_DIFF", "TIMESTAMPDIFF":
		return r.unitCall(upper)
	case "POSITION":
		if r.countTopCommas(r.pos+1) > 0 {
			r.emit(Token{Kind: Word, Text: "locate"})
			r.pos++
			return true, nil
		}
	case "STRUCT":
		return true, r.structCall()
	case "EXISTS":
		if !r.peekAt(2).IsAny("SELECT", "WITH", "FROM", "VALUES", "(") {
			r.emit(Token{Kind: Identifier, Text: "exists"})
			r.pos++
			return true, nil
		}
	case "SUBSTR", "SUBSTRING", "OVERLAY", "TRIM":
		return r.keywordCall(upper)
	case "IF": // CASE to DuckDB's parser
		r.emit(Token{Kind: Word, Text: "iff"})
		r.pos++
		return true, nil
	case "CHAR", "WINDOW": // more than functions to DuckDB
		r.emit(Token{Kind: Identifier, Text: strings.ToLower(upper)})
		r.pos++
		return true, nil
	case "LIKE", "ILIKE":
		if r.operandExpected() {
			r.emit(Token{Kind: Identifier, Text: strings.ToLower(upper)})
			r.pos++
			return true, nil
		}
	case "LISTAGG", "STRING_AGG":
		return r.stringAggregate()
	case "ARRAYS_ZIP":
		return r.zip()
	case "ANY", "SOME":
		if !r.last().IsAny("=", "<", ">", "<=", ">=", "<>", "!=") {
			r.emit(Token{Kind: Identifier, Text: strings.ToLower(upper)})
			r.pos++
			return true, nil
		}
	case "MATCH_RECOGNIZE", "IDENTIFIER":
		return true, Unsupported(upper)
	}
	if madeHere[strings.ToLower(upper)] {
		return true, UnresolvedRoutine(strings.ToLower(upper))
	}
	if done, err := r.generatorCall(upper); done || err != nil {
		return done, err
	}
	if name, ok := callNames[upper]; ok {
		r.emit(Token{Kind: Word, Text: name})
		r.pos++
		return true, nil
	}
	if name, ok := castFunctions[upper]; ok {
		return true, r.castFunction(name)
	}
	return false, nil
}

// cast rewrites CAST(expression AS type).
func (r *rewriter) cast(word string) error {
	r.emitSQL(word)
	r.pos++
	r.emit(r.peek())
	r.pos++
	inner := rewriter{parser: parser{src: r.src, tokens: r.until(")"), depth: r.depth}, session: r.session}
	as := inner.lastTop("AS")
	if as < 0 {
		return r.unexpected()
	}
	typeTokens := inner.tokens[as+1:]
	inner.tokens = inner.tokens[:as]
	if err := inner.run(""); err != nil {
		return err
	}
	p := &parser{src: r.src, tokens: typeTokens}
	t, err := p.dataType()
	if err != nil {
		return err
	}
	if err := p.end(); err != nil {
		return err
	}
	r.emit(inner.out...)
	r.emitSQL("AS " + t.DuckDB())
	r.emit(Token{Kind: Operator, Text: ")"})
	return r.expect(")")
}

// lastTop is the index of the last such word that stands in no parentheses, or -1.
func (p *parser) lastTop(word string) int {
	depth := 0
	for i := len(p.tokens) - 1; i >= 0; i-- {
		switch t := p.tokens[i]; {
		case t.IsAny(")", "]"):
			depth++
		case t.IsAny("(", "["):
			depth--
		case depth == 0 && t.Is(word):
			return i
		}
	}
	return -1
}

// castFunction rewrites int(x) to CAST(x AS INTEGER).
func (r *rewriter) castFunction(name TypeName) error {
	r.emitSQL("CAST")
	r.pos++
	r.emit(r.peek())
	r.pos++
	if err := r.run(")"); err != nil {
		return err
	}
	t := Type{Name: name, Precision: defaultPrecision}
	r.emitSQL("AS " + t.DuckDB())
	r.emit(r.peek())
	return r.expect(")")
}

// sessionCall rewrites the functions that tell about the session, which take no argument.
func (r *rewriter) sessionCall(upper string) (bool, error) {
	if !r.peekAt(2).Is(")") {
		return false, nil
	}
	r.emitSession(upper)
	r.pos += 3
	return true, nil
}

// emitSession emits a value of the session, with the name that it has as a column.
func (r *rewriter) emitSession(upper string) {
	value := map[string]string{
		"CURRENT_TIMESTAMP": "now()", "CURRENT_DATE": "today()", "CURRENT_USER": QuoteString(r.session.User),
		"SESSION_USER": QuoteString(r.session.User), "USER": QuoteString(r.session.User), "CURRENT_CATALOG": QuoteString(r.session.Catalog),
		"CURRENT_SCHEMA": QuoteString(r.session.Schema), "CURRENT_DATABASE": QuoteString(r.session.Schema),
	}[upper]
	r.emitSQL("session_value(" + value + ", " + QuoteString(strings.ToLower(upper)+"()") + ")")
}

// operandExpected reports whether an operand has to come next, not an operator.
func (r *rewriter) operandExpected() bool {
	last := r.last()
	return last.Kind == End || last.Kind == Operator && !last.IsAny(")", "]", "*") || last.Kind == Word && last.IsAny(clauseWords...)
}

// membership rewrites is_member(group) into a search of the caller's groups.
func (r *rewriter) membership() error {
	quoted := make([]string, len(r.session.Groups))
	for i, g := range r.session.Groups {
		quoted[i] = QuoteString(g)
	}
	r.emitSQL("array_contains(CAST(list_value(" + strings.Join(quoted, ", ") + ") AS VARCHAR[]),")
	r.pos += 2
	if err := r.run(")"); err != nil {
		return err
	}
	r.emit(r.peek())
	return r.expect(")")
}

// unitCall rewrites timestampadd(MONTH, n, t) and timestampdiff(MONTH, s, e), whose first
// argument is a keyword. With two arguments the functions count days.
func (r *rewriter) unitCall(upper string) (bool, error) {
	unit := r.peekAt(2)
	if unit.Kind != Word || !r.peekAt(3).Is(",") || r.countTopCommas(r.pos+1) != 2 {
		return false, nil
	}
	name := "timestampadd"
	if strings.HasSuffix(upper, "DIFF") {
		name = "timestampdiff"
	}
	r.emitSQL(name + "(" + QuoteString(strings.ToLower(unit.Text)) + ",")
	r.pos += 4
	if err := r.run(")"); err != nil {
		return true, err
	}
	r.emit(r.peek())
	return true, r.expect(")")
}

// countTopCommas counts the commas of the group in parentheses that begins at the index open.
func (p *parser) countTopCommas(open int) int {
	depth, n := 0, 0
	for i := open; i < len(p.tokens); i++ {
		switch t := p.tokens[i]; {
		case t.IsAny("(", "["):
			depth++
		case t.IsAny(")", "]"):
			if depth--; depth == 0 {
				return n
			}
		case depth == 1 && t.Is(","):
			n++
		}
	}
	return n
}

// structCall rewrites struct(x AS a, y) to make_struct(struct_field('a', x), y).
func (r *rewriter) structCall() error {
	r.emitSQL("make_struct(")
	r.pos += 2
	for !r.accept(")") {
		field := rewriter{parser: parser{src: r.src, tokens: r.until(",", ")"), depth: r.depth}, session: r.session}
		as := field.lastTop("AS")
		name := ""
		if as >= 0 {
			if as != len(field.tokens)-2 || !field.tokens[as+1].isName() {
				return r.unexpected()
			}
			name, field.tokens = field.tokens[as+1].Text, field.tokens[:as]
		}
		if err := field.run(""); err != nil {
			return err
		}
		if name != "" {
			r.emitSQL("struct_field(" + QuoteString(name) + ", " + Emit(field.out) + ")")
		} else {
			r.emit(field.out...)
		}
		if r.accept(",") {
			r.emitSQL(",")
		} else if !r.peek().Is(")") {
			return r.unexpected()
		}
	}
	r.emitSQL(")")
	return nil
}
