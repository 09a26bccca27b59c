package dialect

import (
	"slices"
	"strings"
)

// Session is what the functions of the session answer.
type Session struct {
	User            string
	Groups          []string
	Catalog, Schema string
}

// Rewrite turns the tokens of a query or an expression into DuckDB's syntax. Functions keep
// their names: [Tree.Translate] sees to them.
func Rewrite(src string, tokens []Token, session Session) (string, error) {
	r := &rewriter{parser: parser{src: src, tokens: slices.Clone(tokens)}, session: session}
	if err := r.run(""); err != nil {
		return "", err
	}
	return Emit(r.out), nil
}

type rewriter struct {
	parser
	session Session
	out     []Token
}

// maxNesting bounds parentheses in parentheses, beneath the depth that DuckDB refuses.
const maxNesting = 500

func (r *rewriter) emit(tokens ...Token) { r.out = append(r.out, tokens...) }

func (r *rewriter) emitSQL(sql string) { r.emit(Token{Kind: Verbatim, Text: sql}) }

func (r *rewriter) last() Token {
	if len(r.out) == 0 {
		return Token{Kind: End}
	}
	return r.out[len(r.out)-1]
}

// run rewrites up to the closing operator, which it leaves, or to the end.
func (r *rewriter) run(closing string) error {
	if r.depth++; r.depth > maxNesting {
		return Unsupported("more than 500 levels of parentheses")
	}
	defer func() { r.depth-- }()
	for {
		t := r.peek()
		if t.Kind == End {
			if closing != "" {
				return r.unexpected()
			}
			return nil
		}
		if closing != "" && t.Is(closing) {
			return nil
		}
		if err := r.step(t); err != nil {
			return err
		}
	}
}

// step rewrites what begins with the token t.
func (r *rewriter) step(t Token) error {
	switch t.Kind {
	case Word:
		if done, err := r.word(t, strings.ToUpper(t.Text)); done || err != nil {
			return err
		}
	case Operator:
		return r.operator(t)
	case Parameter:
		if r.operandStart() >= 0 { // document : field, with spaces
			return r.jsonPath()
		}
	case String:
		if len(r.out) > 0 && r.last().Kind == String { // adjacent literals are one
			r.out[len(r.out)-1].Text += t.Text
			r.pos++
			return nil
		}
	}
	r.emit(t)
	r.pos++
	return nil
}

// group rewrites a group in parentheses that comes next.
func (r *rewriter) group(open, closing string) error {
	r.emit(r.peek())
	if err := r.expect(open); err != nil {
		return err
	}
	if err := r.run(closing); err != nil {
		return err
	}
	r.emit(r.peek())
	r.pos++
	return nil
}

func (r *rewriter) operator(t Token) error {
	switch t.Text {
	case "(":
		return r.group("(", ")")
	case "[":
		return r.group("[", "]")
	case "{", "}", "@", "|>", "?":
		return r.unexpected()
	case ")", "]":
		return r.unexpected()
	case ":":
		return r.jsonPath()
	case "<=>":
		r.emitSQL("IS NOT DISTINCT FROM")
	case "==":
		r.emitSQL("=")
	case "!":
		r.emitSQL("NOT")
	case "^", "&", "|":
		if err := r.bitwise(t); err != nil {
			return err
		}
		if t.Text == "^" {
			t.Text = "&&" // DuckDB's ^ is another operator, see operatorRules in function.go
		}
		r.emit(t)
	case "<", ">":
		if next := r.peekAt(1); next.Is(t.Text) && !next.Spaced {
			r.pos++
			t.Text += t.Text
			if r.peekAt(1).Is(">") {
				return Unsupported("the operator >>>: use shiftrightunsigned()")
			}
			if err := r.bitwise(t); err != nil {
				return err
			}
		}
		r.emit(t)
	case "<<", ">>":
		if err := r.bitwise(t); err != nil {
			return err
		}
		r.emit(t)
	case "::":
		return r.castOperator()
	default:
		r.emit(t)
	}
	r.pos++
	return nil
}

func (r *rewriter) castOperator() error {
	r.pos++
	t, err := r.dataType()
	if err != nil {
		return err
	}
	r.emitSQL(":: " + t.DuckDB())
	return nil
}

// word rewrites what begins with a word, and reports whether it did.
func (r *rewriter) word(t Token, upper string) (bool, error) {
	if r.last().Is(".") || r.last().Is("AS") && !r.peekAt(1).Is("(") {
		// Here it is a name, even if DuckDB reserves the word.
		r.emit(Token{Kind: Identifier, Text: t.Text})
		r.pos++
		return true, nil
	}
	if r.peekAt(1).Is("(") {
		if done, err := r.functionWord(upper); done || err != nil {
			return done, err
		}
	}
	if literal := r.peekAt(1); literal.Kind == String {
		if r.typedLiteral(upper, literal) {
			return true, nil
		}
	}
	if rule, ok := wordRules[upper]; ok {
		return rule(r)
	}
	return false, nil
}

// typedLiteral rewrites DATE '...', TIMESTAMP '...' and X'...'.
func (r *rewriter) typedLiteral(upper string, literal Token) bool {
	switch upper {
	case "DATE", "TIMESTAMP", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ":
		r.emitSQL("CAST(" + QuoteString(literal.Text) + " AS " + duckNames[scalars[upper]] + ")")
	case "X":
		r.emitSQL("unhex(" + QuoteString(literal.Text) + ")")
	default:
		return false
	}
	r.pos += 2
	return true
}

// wordRules rewrite keywords. A rule reports whether it did; it may look at what follows.
// The map is filled in init because rules rewrite what they enclose in turn.
var wordRules map[string]func(*rewriter) (bool, error)

func init() {
	wordRules = map[string]func(*rewriter) (bool, error){
		"DIV":               replaceBy("//"),
		"RLIKE":             replaceBy("SIMILAR TO"),
		"REGEXP":            replaceBy("SIMILAR TO"),
		"EXCEPT":            (*rewriter).except,
		"MINUS":             (*rewriter).minus,
		"LEFT":              (*rewriter).semiOrAnti,
		"LATERAL":           (*rewriter).lateralView,
		"VALUES":            (*rewriter).values,
		"LIKE":              (*rewriter).like,
		"ILIKE":             (*rewriter).like,
		"SORT":              refuseBefore("SORT BY", "BY"),
		"DISTRIBUTE":        refuseBefore("DISTRIBUTE BY", "BY"),
		"CLUSTER":           refuseBefore("CLUSTER BY", "BY"),
		"VERSION":           refuseBefore("VERSION AS OF", "AS", "OF"),
		"TIMESTAMP":         refuseBefore("TIMESTAMP AS OF", "AS", "OF"),
		"WITH":              (*rewriter).withRollup,
		"GROUPING":          (*rewriter).groupingSets,
		"INTERVAL":          (*rewriter).interval,
		"TABLESAMPLE":       (*rewriter).tableSample,
		"PIVOT":             (*rewriter).pivot,
		"POSITIONAL":        refuseBefore("POSITIONAL JOIN", "JOIN"),
		"ASOF":              refuseBefore("ASOF JOIN", "JOIN"),
		"IGNORE":            (*rewriter).nulls,
		"RESPECT":           (*rewriter).nulls,
		"WINDOW":            (*rewriter).windowColumn,
		"GLOB":              refuseBefore("GLOB"),
		"SIMILAR":           refuseBefore("SIMILAR TO", "TO"),
		"CURRENT_USER":      sessionWord("CURRENT_USER"),
		"SESSION_USER":      sessionWord("SESSION_USER"),
		"CURRENT_CATALOG":   sessionWord("CURRENT_CATALOG"),
		"CURRENT_TIMESTAMP": sessionWord("CURRENT_TIMESTAMP"),
		"CURRENT_DATE":      sessionWord("CURRENT_DATE"),
	}
	for _, word := range strings.Fields(plainNames) {
		wordRules[word] = asName
	}
}

// plainNames are words that DuckDB reserves and Databricks takes for names.
const plainNames = `ANALYSE ANALYZE ASYMMETRIC AT CHECK COLUMN CONSTRAINT CREATE DEFERRABLE DESCRIBE DO FETCH FOREIGN INITIALLY INTO LAMBDA ONLY
	PIVOT_LONGER PIVOT_WIDER PRIMARY REFERENCES RETURNING SHOW SUMMARIZE SYMMETRIC TO UNIQUE VARIADIC`

// asName writes a word as a name.
func asName(r *rewriter) (bool, error) {
	r.emit(Token{Kind: Identifier, Text: r.peek().Text})
	r.pos++
	return true, nil
}

func replaceBy(sql string) func(*rewriter) (bool, error) {
	return func(r *rewriter) (bool, error) {
		if r.last().Is("(") || r.last().IsAny(",", "SELECT", "BY", "WHERE", "") || r.last().Kind == End {
			return false, nil // an operand: a column of that name
		}
		r.emitSQL(sql)
		r.pos++
		return true, nil
	}
}

func refuseBefore(construct string, following ...string) func(*rewriter) (bool, error) {
	return func(r *rewriter) (bool, error) {
		for i, word := range following {
			if !r.peekAt(i + 1).Is(word) {
				return false, nil
			}
		}
		if len(following) == 0 && !r.last().isName() {
			return false, nil
		}
		return true, Unsupported(construct)
	}
}

// sessionWord rewrites CURRENT_USER and the like, which need no parentheses.
func sessionWord(name string) func(*rewriter) (bool, error) {
	return func(r *rewriter) (bool, error) {
		r.emitSession(name)
		r.pos++
		return true, nil
	}
}

// except turns * EXCEPT (columns) into * EXCLUDE (columns).
func (r *rewriter) except() (bool, error) {
	if !r.last().Is("*") || !r.peekAt(1).Is("(") || r.peekAt(2).IsAny("SELECT", "FROM", "VALUES", "WITH", "(") {
		return false, nil
	}
	r.emitSQL("EXCLUDE")
	r.pos++
	return true, nil
}

func (r *rewriter) minus() (bool, error) {
	if !r.peekAt(1).IsAny("SELECT", "ALL", "DISTINCT", "(", "FROM", "VALUES") {
		return false, nil
	}
	r.emitSQL("EXCEPT")
	r.pos++
	return true, nil
}

// semiOrAnti turns LEFT SEMI JOIN into SEMI JOIN.
func (r *rewriter) semiOrAnti() (bool, error) {
	if r.peekAt(1).IsAny("SEMI", "ANTI") {
		r.pos++
		r.emit(r.peek())
		r.pos++
		return true, nil
	}
	return false, nil
}
