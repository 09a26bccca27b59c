package model

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"
)

// verses are the first lines of nursery rhymes, which have no author: enough that words repeat.
var verses = []string{
	"Mary had a little lamb, its fleece was white as snow. And everywhere that Mary went the lamb was sure to go.",
	"The north wind doth blow, and we shall have snow. And what will the robin do then, poor thing?",
	"The queen of hearts, she made some tarts. The knave of hearts, he stole the tarts.",
	"The lion and the unicorn were fighting for the crown. The lion beat the unicorn all around the town.",
	"Little Bo-Peep has lost her sheep, and can't tell where to find them. Leave them alone, and they'll come home.",
}

func generator(t testing.TB) *Generator {
	t.Helper()
	g, err := TrainGenerator(verses)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// tokens makes the whole text, max tokens at most.
func tokens(text *Text, most int) []string {
	var all []string
	for len(all) < most {
		token, ok := text.Next()
		if !ok {
			break
		}
		all = append(all, token)
	}
	return all
}

func TestEveryPairOfTokensStandsInTheTextLearned(t *testing.T) {
	t.Parallel()
	g := generator(t)
	learned := " " + strings.Join(verses, paragraph+" ")
	for seed := range uint64(50) {
		all := tokens(g.Begin("", TextOptions{Temperature: 1, Seed: seed, MinTokens: 30}), 100)
		if len(all) < 30 {
			t.Fatalf("seed %d: %d tokens", seed, len(all))
		}
		for i := 1; i < len(all); i++ {
			if pair := all[i-1] + all[i]; all[i-1] != paragraph && all[i] != paragraph && !strings.Contains(learned, pair) {
				t.Errorf("seed %d: %q is not in the text", seed, pair)
			}
		}
	}
}

func TestTheSeedDecidesTheText(t *testing.T) {
	t.Parallel()
	g := generator(t)
	write := func(o TextOptions) string { return strings.Join(tokens(g.Begin("x", o), 200), "") }
	first := write(TextOptions{Temperature: 1, Seed: 3})
	if again := write(TextOptions{Temperature: 1, Seed: 3}); again != first {
		t.Errorf("the same seed, another text: %q, %q", first, again)
	}
	texts := map[string]bool{}
	greedy := map[string]bool{}
	for seed := range uint64(20) {
		texts[write(TextOptions{Temperature: 1, Seed: seed})] = true
		greedy[write(TextOptions{Temperature: 0, Seed: seed, MinTokens: 5})] = true
	}
	if len(texts) < 10 {
		t.Errorf("twenty seeds made %d texts", len(texts))
	}
	if len(greedy) != 1 {
		t.Errorf("at temperature 0 twenty seeds made %d texts", len(greedy))
	}
}

func TestATextIsAboutThePrompt(t *testing.T) {
	t.Parallel()
	g, err := TrainGenerator(append(slices.Repeat([]string{"Rain, rain, go away. Come again another day."}, 50), verses...))
	if err != nil {
		t.Fatal(err)
	}
	for prompt, want := range map[string]string{"And the UNICORN?": "The lion", "and again the day, or a tart? Tarts!": "The", "alone": "Leave them", "the": ""} {
		for seed := range uint64(10) {
			// Each begins as a sentence that has the word.
			text := strings.Join(tokens(g.Begin(prompt, TextOptions{Temperature: 1, Seed: seed}), 40), "")
			if !strings.HasPrefix(text, want) {
				t.Errorf("%q: %q does not begin with %q", prompt, text, want)
			}
		}
	}
}

func TestTokensAreTheTextAgain(t *testing.T) {
	t.Parallel()
	for _, text := range append(verses, "$1.5 billion, e.g. 1,000—or \"3-4%\"…", "", "ﬁn de siècle: 日本語です。") {
		want := ""
		if text != "" {
			want = " " + text
		}
		if got := strings.Join(tokenize(text), ""); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := tokenize("can't pay  1,000.50, Bo-Peep."); !slices.Equal(got, []string{" can't", " pay", " 1,000.50", ",", " Bo-Peep", "."}) {
		t.Errorf("tokens %q", got)
	}
}

func FuzzTokens(f *testing.F) {
	f.Add("a b")
	f.Add("1.\xff'x  ")
	f.Fuzz(func(t *testing.T, text string) {
		if got, want := strings.Join(tokenize(text), ""), strings.Join(strings.Fields(text), " "); strings.TrimPrefix(got, " ") != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestEmbeddingsOfTheSameThingsAreNear(t *testing.T) {
	t.Parallel()
	sea, farm := strings.Fields("ship sail wave harbour captain storm anchor deck"), strings.Fields("barn cow hay plough meadow farmer seed harvest")
	var texts []string
	source := random(1)
	for range 100 {
		for _, words := range [][]string{sea, farm} {
			source.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
			texts = append(texts, strings.Join(words[:4], " "))
		}
	}
	e, err := TrainEmbedding(texts, 1)
	if err != nil {
		t.Fatal(err)
	}
	if e.Explained() < 0.99 || e.Explained() > 1.000001 {
		t.Errorf("sixteen words in %d dimensions keep %v of the variance", EmbeddingDimensions, e.Explained())
	}
	storm := e.Embed("A storm, and the CAPTAIN is on deck!")
	near, far := floats.Dot(storm, e.Embed("captain of a ship")), floats.Dot(storm, e.Embed("the cow eats hay"))
	if near < far+0.05 {
		t.Errorf("another captain is at %v, a cow at %v", near, far)
	}
	if length := math.Sqrt(floats.Dot(storm, storm)); math.Abs(length-1) > 1e-9 {
		t.Errorf("an embedding has the length %v", length)
	}
	if nothing := e.Embed(" ?! "); len(nothing) != EmbeddingDimensions || floats.Dot(nothing, nothing) != 0 {
		t.Errorf("a text without words is %v", nothing)
	}
}

func TestAnEmbeddingNeedsTexts(t *testing.T) {
	t.Parallel()
	if _, err := TrainEmbedding(verses, 1); err == nil {
		t.Error("learned from five texts")
	}
	if _, err := TrainGenerator([]string{" "}); err == nil {
		t.Error("learned from no text")
	}
}
