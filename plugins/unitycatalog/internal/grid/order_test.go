package grid

import (
	"slices"
	"testing"
)

func TestOrderOfNumbersIsExact(t *testing.T) {
	t.Parallel()
	k := &keys{numbers: []float64{9007199254740993, 9007199254740992, 2, -9007199254740993, -9007199254740992, 0}, nulls: []bool{false, false, false, false, false, true}}
	for _, text := range []string{"9007199254740993", "9007199254740992", "2", "-9007199254740993", "-9007199254740992", ""} {
		if len(text) > exact {
			k.texts = append(k.texts, []byte(text))
		} else {
			k.texts = append(k.texts, nil)
		}
	}
	order := func(descending bool) []int32 {
		numbers := []int32{0, 1, 2, 3, 4, 5}
		slices.SortStableFunc(numbers, k.compare(descending))
		return numbers
	}
	if got := order(false); !slices.Equal(got, []int32{3, 4, 2, 1, 0, 5}) {
		t.Errorf("ascending %v", got)
	}
	if got := order(true); !slices.Equal(got, []int32{0, 1, 2, 4, 3, 5}) {
		t.Errorf("descending %v: NULL comes last here too", got)
	}
}

func TestTextIsCutBetweenCharacters(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"ééééé": "ééé", "a😀b😀c": "a😀b", "\xff\xff\xff\xff": "\xff\xff\xff"} {
		if got := string(beginning([]byte(text), 3)); got != want {
			t.Errorf("%q is cut to %q, want %q", text, got, want)
		}
	}
	if got := string(beginning([]byte("short"), 5)); got != "short" {
		t.Errorf("cut to %q", got)
	}
}
