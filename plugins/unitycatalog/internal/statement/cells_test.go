package statement

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// readAll reads a chunk; nil stands for NULL.
func readAll(r io.Reader) (rows [][]*string, err error) {
	c := newCells(r)
	for {
		more, err := c.next()
		if err != nil || !more {
			return rows, err
		}
		row := make([]*string, c.len())
		for i := range row {
			if text, ok := c.value(i); ok {
				s := string(text)
				row[i] = &s
			}
		}
		rows = append(rows, row)
	}
}

func TestCellsAreWhatJSONSays(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty":          `[]`,
		"empty row":      `[[]]`,
		"null":           `[[null,"null",""],[null,null,"x"]]`,
		"escapes":        `[["\"\\\/\b\f\n\r\t","\u00e9\ud83d\ude00\u0000"]]`,
		"lone surrogate": `[["\ud83dx","\udc00","\ud83d\ud83d\ude00"]]`,
		"spaces":         " [ [ \"a\" , null ] ,\n[\t\"b\" , \"c\" ] ] ",
		"large":          `[["` + strings.Repeat("é\\n", 100_000) + `","x"]]`,
	} {
		var want [][]*string
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			t.Fatal(name, err)
		}
		for how, r := range map[string]io.Reader{"whole": strings.NewReader(text), "in drops": iotest.OneByteReader(strings.NewReader(text))} {
			got, err := readAll(r)
			if err != nil {
				t.Errorf("%s, %s: %v", name, how, err)
			}
			if len(want) > 0 && !cmp.Equal(got, want) {
				t.Errorf("%s, %s: %s", name, how, cmp.Diff(want, got))
			}
		}
	}
	got, err := readAll(strings.NewReader(`[[1,-2.5e3,true,null]]`))
	if err != nil || *got[0][0] != "1" || *got[0][1] != "-2.5e3" || *got[0][2] != "true" || got[0][3] != nil {
		t.Errorf("literals: %v, %v", got, err)
	}
}

func TestBrokenCellsAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{``, `[`, `[[`, `[["a`, `[["a\`, `[["a\u12`, `[["a"]`, `{`, `[{}]`, `[[[]]]`, `["a"]`, `[["\x"]]`, `[["\u12g4"]]`, `[[nul`} {
		if rows, err := readAll(strings.NewReader(text)); err == nil {
			t.Errorf("%q was read as %v", text, rows)
		}
	}
	broken := errors.New("reset")
	if _, err := readAll(io.MultiReader(strings.NewReader(`[["a"],`), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if _, err := readAll(io.MultiReader(strings.NewReader(`[["`), io.LimitReader(endless{}, maxRow+2))); err == nil || !strings.Contains(err.Error(), "64 MiB") {
		t.Errorf("a row beyond the limit: %v", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func FuzzCells(f *testing.F) {
	f.Add(`[["a",null],["\ud83d\ude00","\n"]]`)
	f.Add(`[[1,true]]`)
	f.Fuzz(func(t *testing.T, text string) {
		got, err := readAll(strings.NewReader(text))
		var want [][]*string
		if json.Unmarshal([]byte(text), &want) != nil || err != nil || strings.ContainsRune(text, '\uFFFD') || strings.ToValidUTF8(text, "") != text {
			return // encoding/json replaces what is not UTF-8
		}
		for i, row := range want {
			if row == nil {
				return // null in place of a row
			}
			if !cmp.Equal(row, got[i]) {
				t.Fatal(cmp.Diff(want, got))
			}
		}
	})
}

func BenchmarkCells(b *testing.B) {
	text := "[" + strings.Repeat(`["12345","2024-02-29T12:30:00.000Z","some words of text",null,"3.25"],`, 20_000)
	text = text[:len(text)-1] + "]"
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		c := newCells(strings.NewReader(text))
		for more, err := c.next(); more; more, err = c.next() {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}
