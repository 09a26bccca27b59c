package main

import (
	"slices"
	"strings"
	"testing"
)

func TestPassagesAreRunsOfWholeSentences(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("word ", 60)
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"nothing":                   {text: " \n"},
		"a short text is one":       {text: "One.  Two!\nThree?", want: []string{"One. Two! Three?"}},
		"a cut after enough":        {text: "One. " + long + "end. Two.", want: []string{"One. " + long + "end.", "Two."}},
		"none after a title":        {text: long + "Mr. Speaker. Two.", want: []string{long + "Mr. Speaker.", "Two."}},
		"none after an initial":     {text: long + "W. Bush. Two.", want: []string{long + "W. Bush.", "Two."}},
		"none in an ellipsis":       {text: long + ". . . on. Two.", want: []string{long + ". . . on.", "Two."}},
		"a quotation ends with it":  {text: long + `said "go." Two.`, want: []string{long + `said "go."`, "Two."}},
		"the stenographer is quiet": {text: "Up [on]* it. [Laughter] Ha. (Applause.) Ho. [A guest rose.]", want: []string{"Up [on] it. Ha. Ho."}},
	} {
		if got := passages(test.text); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestSpeechesNumberPassages(t *testing.T) {
	t.Parallel()
	records, err := speeches(2000, 2001)(archive{
		"data/1999.json": []byte(`{"year": 1999, "text": "Before."}`),
		"data/2000.json": []byte(`{"year": 2000, "name": "A", "party": "P", "text": "` + strings.Repeat("word ", 60) + `end. Two."}`),
		"data/2000.txt":  []byte("not JSON"),
		"data/2001.json": []byte(`{"year": 2001, "name": "B", "party": "Q", "text": "Three."}`),
		"data/2002.json": []byte(`{"year": 2002, "text": "After."}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range records {
		got = append(got, strings.Join([]string{r["passage_id"], r["year"], r["name"], r["party"], r["position"]}, " "))
	}
	if want := []string{"1 2000 A P 1", "2 2000 A P 2", "3 2001 B Q 1"}; !slices.Equal(got, want) {
		t.Errorf("passages %q, want %q", got, want)
	}
}
