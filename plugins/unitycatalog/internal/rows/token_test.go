package rows

import (
	"testing"
)

func TestTokenHoldsItsPlace(t *testing.T) {
	t.Parallel()
	here := place{user: "ana", catalog: "c", schema: "s", table: "T", offset: 300}
	there := place{user: "ana", catalog: "C", schema: "s", table: "t"}
	if err := there.parse(here.token()); err != nil || there.offset != 300 {
		t.Errorf("offset %d, %v: names are compared without case", there.offset, err)
	}
	for name, other := range map[string]place{
		"user": {user: "ben", catalog: "c", schema: "s", table: "t"}, "catalog": {user: "ana", catalog: "d", schema: "s", table: "t"},
		"split": {user: "ana", catalog: "c\" \"s", schema: "", table: "t"}, "table": {user: "ana", catalog: "c", schema: "s", table: "u"},
	} {
		if err := other.parse(here.token()); err == nil {
			t.Errorf("another %s was accepted", name)
		}
	}
	beyond := place{user: "ana", catalog: "c", schema: "s", table: "t", offset: maxOffset + 1}
	if err := there.parse(beyond.token()); err == nil {
		t.Error("an offset beyond the last was accepted")
	}
}

func FuzzToken(f *testing.F) {
	here := place{user: "ana", catalog: "c", schema: "s", table: "t", offset: 300}
	f.Add(here.token())
	f.Add("")
	f.Add("AAAAAAAAASwAAAAAAAAAAAAAAAAAAAAA")
	f.Add("!")
	f.Fuzz(func(t *testing.T, token string) {
		p := place{user: "ana", catalog: "c", schema: "s", table: "t"}
		if err := p.parse(token); err == nil && token != "" && p.token() != token {
			t.Fatalf("%q was taken for offset %d", token, p.offset)
		}
	})
}
