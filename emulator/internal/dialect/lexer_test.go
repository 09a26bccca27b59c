package dialect

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLex(t *testing.T) {
	t.Parallel()
	for _, l := range []struct{ name, src, want string }{
		{"keywords keep their case", "Select x", `Select x`},
		{"backticks", "`a``b` `c\"d`", "\"a`b\" \"c\"\"d\""},
		{"strings in both quotes", `'a' "b"`, `'a' 'b'`},
		{"escapes", `'a\'b\\c\n\u0041\101\%'`, "'a''b\\c\nAA\\%'"},
		{"raw strings", `r'a\n' R"b"`, `'a\n' 'b'`},
		{"doubled quotes", `'it''s'`, `'it''s'`},
		{"numbers", "1 1.5 .5 1e3 2L 3BD 10000000000000000000", "1 1.5 .5 CAST('1e3' AS DOUBLE) CAST('2' AS BIGINT) CAST('3' AS DECIMAL(1,0)) CAST('10000000000000000000' AS DECIMAL(20,0))"},
		{"comments nest", "a /* b /* c */ d */ e -- f\n g", "a e g"},
		{"operators", "a<=>b>=c<>d||e->f::g", "a <=> b >= c <> d || e -> f :: g"},
		{"parameters", "x = :p AND :q", "x = :p AND :q"},
		{"unicode", "größe 'ü' `名`", `größe 'ü' "名"`},
	} {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			tokens, err := Lex(l.src)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(l.want, Emit(tokens)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLexTellsParametersFromPaths(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]Kind{"SELECT :p": Parameter, "x=:p": Parameter, "f(:p": Parameter, "a:p": Operator, ")::p": Operator} {
		tokens, err := Lex(src)
		if err != nil {
			t.Fatal(err)
		}
		found := tokens[len(tokens)-1].Kind
		if want == Operator {
			found = tokens[len(tokens)-2].Kind
		}
		if found != want {
			t.Errorf("%q: kind %d, want %d", src, found, want)
		}
	}
}

func TestLexRefuses(t *testing.T) {
	t.Parallel()
	for src, class := range map[string]string{
		"'open": "PARSE_SYNTAX_ERROR", "`open": "PARSE_SYNTAX_ERROR", "``": "PARSE_SYNTAX_ERROR", "/* open": "UNCLOSED_BRACKETED_COMMENT",
		"1x": "PARSE_SYNTAX_ERROR", "1.5L": "PARSE_SYNTAX_ERROR", "#": "PARSE_SYNTAX_ERROR", "\xff": "PARSE_SYNTAX_ERROR", "a\x00": "PARSE_SYNTAX_ERROR",
		`'\0'`: "UNSUPPORTED_FEATURE", strings.Repeat(" ", MaxStatementLength+1): "PARSE_SYNTAX_ERROR",
	} {
		_, err := Lex(src)
		var e *Error
		if !errors.As(err, &e) || e.Class != class {
			t.Errorf("%.20q: error %v, want %s", src, err, class)
		}
	}
}

func TestSyntaxErrorsSayWhere(t *testing.T) {
	t.Parallel()
	src := "DROP\n  TABLE 'ü' x"
	tokens, err := Lex(src)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Parse(src, tokens)
	if want := "[PARSE_SYNTAX_ERROR] Syntax error at or near ''ü''. SQLSTATE: 42601 (line 2, pos 8)\n\n== SQL ==\nDROP\n  TABLE 'ü' x\n--------^^^"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func FuzzLexer(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		tokens, err := Lex(src)
		if err != nil {
			return
		}
		end := 0
		for _, token := range tokens {
			if token.Pos < end || token.Stop <= token.Pos || token.Stop > len(src) {
				t.Fatalf("token %+v does not follow offset %d", token, end)
			}
			end = token.Stop
		}
	})
}
