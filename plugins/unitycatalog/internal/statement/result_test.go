package statement

import (
	"encoding/json"
	"testing"
)

func TestValuesKeepTheirDigitsAndTheirNull(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ typeName, text, want string }{
		{"BOOLEAN", "true", `true`},
		{"INT", "-7", `-7`},
		{"SHORT", "12", `12`},
		{"INT", "+7", `"+7"`},
		{"INT", "007", `"007"`},
		{"LONG", "9007199254740993", `"9007199254740993"`},
		{"DECIMAL", "12345678901234567890.10", `"12345678901234567890.10"`},
		{"DOUBLE", "1.5E10", `1.5E10`},
		{"DOUBLE", "NaN", `"NaN"`},
		{"FLOAT", "-Infinity", `"-Infinity"`},
		{"DOUBLE", "null", `"null"`},
		{"STRING", "5", `"5"`},
		{"STRING", "", `""`},
		{"STRING", "NULL", `"NULL"`},
		{"STRING", "\"\n</script>\u2028", `"\"\n\u003c/script\u003e\u2028"`},
		{"DATE", "2024-02-29", `"2024-02-29"`},
		{"ARRAY", `["a",null]`, `["a",null]`},
		{"STRUCT", `{"a":1}`, `{"a":1}`},
		{"MAP", `{broken`, `"{broken"`},
		{"VARIANT", `{"a":1}`, `"{\"a\":1}"`},
	} {
		rows, err := newRows([]Column{{TypeName: tt.typeName}}, [][]*string{{&tt.text}, {nil}})
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(rows)
		if want := "[[" + tt.want + "],[null]]"; err != nil || string(got) != want {
			t.Errorf("%s %q: got %s, %v, want %s", tt.typeName, tt.text, got, err, want)
		}
	}
}

func TestQuoteName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"plain": "`plain`", "": "``", "a`b": "`a``b`", "``": "``````", "a.b/c": "`a.b/c`", "x`; DROP TABLE y; --": "`x``; DROP TABLE y; --`", "表\\": "`表\\`",
	} {
		if got := QuoteName(name); got != want {
			t.Errorf("%q: got %s, want %s", name, got, want)
		}
	}
}

// A quoted name ends where it should and nowhere else, whatever is in it.
func FuzzQuoteName(f *testing.F) {
	for _, seed := range []string{"a", "`", "a`b", "``", "\x00", "表"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		quoted := QuoteName(name)
		inner := quoted[1 : len(quoted)-1]
		back := make([]byte, 0, len(name))
		for i := 0; i < len(inner); i++ {
			if inner[i] == '`' {
				if i++; i == len(inner) || inner[i] != '`' {
					t.Fatalf("%q ends early", quoted)
				}
			}
			back = append(back, inner[i])
		}
		if string(back) != name || quoted[0] != '`' || quoted[len(quoted)-1] != '`' {
			t.Fatalf("%q became %q", name, quoted)
		}
	})
}
