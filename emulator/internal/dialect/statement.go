package dialect

import "strings"

// Statement is one parsed statement: one of the types of this package whose Verb says
// which it is. Queries and expressions inside stay tokens of Databricks SQL.
type Statement interface {
	// Verb names the statement for logs and messages: "CREATE TABLE".
	Verb() string
}

// Query is a SELECT, WITH, VALUES, FROM or TABLE statement.
type Query struct{ Tokens []Token }

// Explain is EXPLAIN of a query.
type Explain struct{ Query Query }

// Use sets the default catalog or schema.
type Use struct {
	Catalog bool
	Name    []string
}

// Verb implements [Statement].
func (Query) Verb() string { return "SELECT" }

// Verb implements [Statement].
func (Explain) Verb() string { return "EXPLAIN" }

// Verb implements [Statement].
func (Use) Verb() string { return "USE" }

// Parse reads one statement whose parameters are bound. A semicolon may end it; a second
// statement is a syntax error.
func Parse(src string, tokens []Token) (Statement, error) {
	for len(tokens) > 0 && tokens[len(tokens)-1].Is(";") {
		tokens = tokens[:len(tokens)-1]
	}
	p := &parser{src: src, tokens: tokens}
	if script := p.script(); script != nil {
		return nil, script
	}
	for i, t := range tokens {
		if t.Is(";") {
			p.pos = min(i+1, len(tokens)-1)
			return nil, syntaxError(src, tokens[p.pos].Pos, src[tokens[p.pos].Pos:tokens[p.pos].Stop])
		}
	}
	if err := p.resolveIdentifierClauses(); err != nil {
		return nil, err
	}
	first := p.peek()
	if first.Kind == End {
		return nil, newError("PARSE_EMPTY_STATEMENT", "42617", "Syntax error, unexpected empty statement.")
	}
	if first.Is("WITH") {
		if s, err := p.withBefore(); s != nil || err != nil {
			return s, err
		}
	}
	if first.IsAny("SELECT", "WITH", "VALUES", "FROM", "(", "TABLE") {
		return p.query()
	}
	if first.Kind == Word {
		if parse, ok := verbs[strings.ToUpper(first.Text)]; ok {
			p.pos++
			s, err := parse(p)
			if err != nil {
				return nil, err
			}
			return s, p.end()
		}
		if unsupportedVerbs[strings.ToUpper(first.Text)] {
			return nil, Unsupported("the statement " + statementName(first.Text))
		}
	}
	return nil, p.unexpected()
}

// verbs maps the first keyword to what parses the rest. It is filled in init because
// EXPLAIN parses a statement in turn.
var verbs map[string]func(*parser) (Statement, error)

func init() {
	verbs = map[string]func(*parser) (Statement, error){
		"ALTER":    (*parser).alter,
		"ANALYZE":  (*parser).analyze,
		"CLEAR":    (*parser).clearCache,
		"DECLARE":  (*parser).declare,
		"MSCK":     (*parser).repair,
		"OPTIMIZE": (*parser).optimize,
		"REFRESH":  (*parser).refresh,
		"REPAIR":   (*parser).repair,
		"REPLACE":  (*parser).replaceTable,
		"RESET":    (*parser).reset,
		"SET":      (*parser).set,
		"UNCACHE":  (*parser).uncache,
		"VACUUM":   (*parser).vacuum,
		"COMMENT":  (*parser).commentOn,
		"CREATE":   (*parser).create,
		"DELETE":   (*parser).delete,
		"DESC":     (*parser).describe,
		"DESCRIBE": (*parser).describe,
		"DROP":     (*parser).drop,
		"EXECUTE":  (*parser).execute,
		"EXPLAIN":  (*parser).explain,
		"GRANT":    (*parser).grant,
		"INSERT":   (*parser).insert,
		"MERGE":    (*parser).merge,
		"REVOKE":   (*parser).revoke,
		"SHOW":     (*parser).show,
		"TRUNCATE": (*parser).truncate,
		"UPDATE":   (*parser).update,
		"USE":      (*parser).use,
	}
}

// unsupportedVerbs begin statements that Databricks has and this workspace has not.
// Keywords of DuckDB that Databricks does not have are syntax errors.
var unsupportedVerbs = map[string]bool{
	"BEGIN": true, "CACHE": true, "CALL": true, "CLONE": true, "CONVERT": true, "COPY": true, "DENY": true, "FSCK": true, "GET": true, "LIST": true,
	"PUT": true, "REMOVE": true, "REORG": true, "RESTORE": true, "SYNC": true, "UNDROP": true, "UNSET": true,
}

// script refuses a script, whose statements have semicolons between them.
func (p *parser) script() error {
	if p.peek().Is("BEGIN") {
		return Unsupported("SQL scripts (BEGIN ... END)")
	}
	return nil
}

// statementName is the name of a statement that isn't served, by its first word.
func statementName(first string) string {
	name := strings.ToUpper(first)
	if name == "COPY" {
		name = "COPY INTO"
	}
	return name
}

func (p *parser) query() (Statement, error) {
	return sourceQuery(p.rest()), nil
}

// queryAhead reports whether a query comes next.
func (p *parser) queryAhead() bool {
	if p.peek().IsAny("SELECT", "WITH", "VALUES", "FROM", "TABLE") {
		return true
	}
	for i := 0; p.peekAt(i).Is("("); i++ {
		if p.peekAt(i+1).IsAny("SELECT", "WITH", "VALUES", "FROM") {
			return true
		}
	}
	return false
}

func (p *parser) explain() (Statement, error) {
	if p.peek().IsAny("EXTENDED", "CODEGEN", "COST", "FORMATTED") {
		p.pos++
	}
	if !p.queryAhead() {
		return nil, Unsupported("EXPLAIN of anything but a query")
	}
	return Explain{Query{p.rest()}}, nil
}

func (p *parser) use() (Statement, error) {
	u := Use{Catalog: p.accept("CATALOG")}
	if !u.Catalog && p.peekAt(1).Kind != End && !p.peekAt(1).Is(".") && p.peek().IsAny("SCHEMA", "DATABASE") {
		p.pos++
	}
	name, err := p.name()
	u.Name = name
	return u, err
}

// resolveIdentifierClauses replaces IDENTIFIER('a.b') by the name. The string is read as
// a name and nothing else.
func (p *parser) resolveIdentifierClauses() error {
	var out []Token
	for i := 0; i < len(p.tokens); i++ {
		if !p.tokens[i].Is("IDENTIFIER") || i+3 >= len(p.tokens) || !p.tokens[i+1].Is("(") {
			out = append(out, p.tokens[i])
			continue
		}
		literal := p.tokens[i+2]
		if literal.Kind != String || !p.tokens[i+3].Is(")") {
			return Unsupported("IDENTIFIER() of anything but a string literal or a parameter")
		}
		inner, err := Lex(literal.Text)
		if err != nil {
			return err
		}
		if len(inner) == 0 {
			return newError("PARSE_SYNTAX_ERROR", "42601", "The string in IDENTIFIER() is empty.")
		}
		for n, t := range inner {
			if n%2 == 0 && !t.isName() || n%2 == 1 && !t.Is(".") || len(inner)%2 == 0 {
				return newError("PARSE_SYNTAX_ERROR", "42601", "The string %q in IDENTIFIER() is not a name.", literal.Text)
			}
			if t.isName() {
				t.Kind = Identifier
			}
			t.Pos, t.Stop = literal.Pos, literal.Stop
			out = append(out, t)
		}
		i += 3
	}
	p.tokens = out
	return nil
}
