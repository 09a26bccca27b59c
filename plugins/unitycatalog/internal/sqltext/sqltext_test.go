package sqltext

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParametersAreFoundWhereTheyAre(t *testing.T) {
	t.Parallel()
	for statement, want := range map[string][]string{
		"SELECT :a, :b_1 + :a":                        {"a", "b_1"},
		"SELECT ':a', \":b\", `:c`, r'\\', :d":        {"d"},
		"SELECT 'it''s :a', 'x\\' :b', :c -- :d\n,:e": {"c", "e"},
		"/* :a /* :b */ :c */ :d":                     {"d"},
		"SELECT x::int, v:field, (v):f, v[0]:g, :y":   {"y"},
		"SELECT :1, : a, :":                           nil,
		"SELECT :größe":                               {"größe"},
		"CREATE FUNCTION f() AS $$ :a $$ :b":          {"b"},
		"SELECT 'never closed :a":                     nil,
		"SELECT f(:a)[:b]=:c":                         {"a", "b", "c"},
		"":                                            nil,
	} {
		if diff := cmp.Diff(want, Parameters(statement)); diff != "" {
			t.Errorf("%s: %s", statement, diff)
		}
	}
}

func TestErrorsAreLocated(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ statement, message, want string }{
		{"SELECT * FORM t", "Syntax error at or near 'FORM'. SQLSTATE: 42601 (line 1, pos 9)\n\n== SQL ==\nSELECT * FORM t\n---------^^^", "FORM"},
		{"SELECT\n  'ü😀', nope\nFROM t", "cannot be resolved. SQLSTATE: 42703; line 2 pos 8;\n'Project", "nope"},
		{"SELECT 10/0 AS x", "[DIVIDE_BY_ZERO] Division by zero. SQLSTATE: 22012\n== SQL (line 1, position 8) ==\nSELECT 10/0 AS x\n       ^^^^", "10/0"},
		{"SELECT 1 FROM", "Syntax error at or near end of input. (line 1, pos 13)", "FROM"},
		{"SELECT `a b` FROM `c`.T", "The table or view `c`.`t` cannot be found.", "T"},
		{"SELECT 'nope', nope", "A column with name `nope` cannot be resolved. Did you mean `x`?", "nope"},
		{"SELECT :p", "The parameter `p` has no value.", ":p"},
		{"SELECT 1", "The table `x` cannot be found.", ""},
		{"SELECT 1", "(line 900, pos 3)", ""},
		{"SELECT 1", "(line 1, pos 99999999999999999999)", ""},
		{"", "(line 1, pos 0)", ""},
	} {
		s := Locate(tt.statement, tt.message)
		if got := tt.statement[s.Start:s.End]; got != tt.want {
			t.Errorf("%q, %q: %q, want %q", tt.statement, tt.message, got, tt.want)
		}
	}
	start, end := Locate("SELECT\n  'ü😀', nope", "line 2 pos 8").UTF16("SELECT\n  'ü😀', nope")
	if start != 16 || end != 20 {
		t.Errorf("%d to %d in UTF-16", start, end)
	}
}

func FuzzStatement(f *testing.F) {
	f.Add("SELECT :a, 'b' -- c", "line 1 pos 3")
	f.Add("/*/* `", "`x`.`y` == SQL (line 1, position 1) ==\n^^^^^^^")
	f.Fuzz(func(t *testing.T, statement, message string) {
		for _, name := range Parameters(statement) {
			if !strings.Contains(statement, ":"+name) {
				t.Fatalf("parameter %q is not in the text", name)
			}
		}
		s := Locate(statement, message)
		if s.Start < 0 || s.End > len(statement) || s.Start > s.End {
			t.Fatalf("%v of %d bytes", s, len(statement))
		}
		if start, end := s.UTF16(statement); start > end {
			t.Fatalf("%d to %d", start, end)
		}
	})
}
