package model

import (
	"errors"
	"maps"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// generatorOrder is the length of the word sequences that the generator knows: it looks at one
// token less to choose the next.
const generatorOrder = 4

// minTopic is the length of the shortest word that can be what a prompt is about.
const minTopic = 3

// maxTopics bounds what a prompt is about.
const maxTopics = 16

// endOfPassage is the token between passages.
const endOfPassage = 0

// Generator is an n-gram model of words with Witten-Bell back-off (I. H. Witten, T. C. Bell, "The
// zero-frequency problem", 1991). Instead of counting sequences it keeps the places of
// the text in the order of what stands there: all that follows a context lies together.
type Generator struct {
	vocabulary []string
	ids        map[string]int32
	text       []int32 // passages, with an endOfPassage before the first and after each
	places     []int32 // of text, sorted by the generatorOrder tokens there
}

// TrainGenerator learns passages of text.
func TrainGenerator(passages []string) (*Generator, error) {
	g := &Generator{vocabulary: []string{""}, ids: map[string]int32{}, text: []int32{endOfPassage}}
	for _, passage := range passages {
		for _, token := range tokenize(passage) {
			id, ok := g.ids[token]
			if !ok {
				id = int32(len(g.vocabulary)) //nolint:gosec // far fewer tokens than 2^31
				token = strings.Clone(token)  // not to keep all of the text
				g.vocabulary = append(g.vocabulary, token)
				g.ids[token] = id
			}
			g.text = append(g.text, id)
		}
		g.text = append(g.text, endOfPassage)
	}
	if len(g.vocabulary) == 1 {
		return nil, errors.New("train generator: no text")
	}
	g.places = make([]int32, len(g.text))
	for i := range g.places {
		g.places[i] = int32(i)
	}
	slices.SortFunc(g.places, func(a, b int32) int {
		if order := slices.Compare(g.at(a, generatorOrder), g.at(b, generatorOrder)); order != 0 {
			return order
		}
		return int(a - b)
	})
	return g, nil
}

// Size returns how many tokens the generator has learned from, and how many different ones.
func (g *Generator) Size() (tokens, different int) { return len(g.text), len(g.vocabulary) - 1 }

// at returns up to n tokens at a place.
func (g *Generator) at(place int32, n int) []int32 {
	return g.text[place:min(int(place)+n, len(g.text))]
}

// following returns the places where the context stands.
func (g *Generator) following(context []int32) []int32 {
	low := sort.Search(len(g.places), func(i int) bool {
		return slices.Compare(g.at(g.places[i], len(context)), context) >= 0
	})
	n := sort.Search(len(g.places)-low, func(i int) bool {
		return slices.Compare(g.at(g.places[low+i], len(context)), context) > 0
	})
	return g.places[low : low+n]
}

// CountTokens returns how many tokens a text has.
func (g *Generator) CountTokens(text string) int { return len(tokenize(text)) }

// topics returns the tokens of the prompt that the generator knows and that are not among the
// usual ones, the rarest first.
func (g *Generator) topics(prompt string) []int32 {
	const usual = 1.0 / 200 // of the text
	counts := map[int32]int{}
	for _, word := range Words(prompt) {
		if utf8.RuneCountInString(word) < minTopic {
			continue
		}
		// However it is written in the prompt and in the text, it is one word.
		var forms []int32
		total := 0
		first, size := utf8.DecodeRuneInString(word)
		for _, form := range []string{" " + word, " " + string(unicode.ToUpper(first)) + word[size:], " " + strings.ToUpper(word)} {
			if id, ok := g.ids[form]; ok {
				forms = append(forms, id)
				total += len(g.following([]int32{id}))
			}
		}
		if float64(total) < usual*float64(len(g.text)) {
			for _, id := range forms {
				counts[id] = total
			}
		}
	}
	topics := slices.SortedFunc(maps.Keys(counts), func(a, b int32) int {
		if counts[a] != counts[b] {
			return counts[a] - counts[b]
		}
		return int(a - b)
	})
	return topics[:min(len(topics), maxTopics)]
}
