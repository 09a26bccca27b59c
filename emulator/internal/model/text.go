package model

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

const (
	// topicWeight is how much likelier a token of the prompt is than it would be by itself.
	topicWeight = 8
	// openingTokens are those with which a reply begins: of a sentence about the prompt's topic.
	openingTokens = 2
	// maxSentence bounds the search for the beginning of a sentence, in tokens.
	maxSentence = 100
	// paragraph is what stands between two passages.
	paragraph = "\n\n"
)

// TextOptions say how a text is made.
type TextOptions struct {
	// Temperature makes rare tokens likelier above 1 and less likely below; 0 takes the
	// likeliest token always.
	Temperature float64
	Seed        uint64
	// MinTokens is how long the text is at least: until then passages follow each other.
	MinTokens int
}

// Text is a text that is being made. It is for one goroutine.
type Text struct {
	g       *Generator
	options TextOptions
	random  *rand.Rand
	topics  []int32
	context []int32 // the last tokens, generatorOrder-1 at most
	opening []int32 // what is said first
	made    int
}

// Begin begins a text about what the prompt mentions.
func (g *Generator) Begin(prompt string, o TextOptions) *Text {
	t := &Text{g: g, options: o, random: random(o.Seed), topics: g.topics(prompt), context: []int32{endOfPassage}}
	if len(t.topics) > 0 {
		places := g.following(t.topics[:1])
		start := g.sentenceStart(places[t.random.IntN(len(places))])
		for _, id := range g.at(start, openingTokens) {
			if id == endOfPassage {
				break
			}
			t.opening = append(t.opening, id)
		}
	}
	return t
}

// sentenceStart returns where the sentence at a place begins.
func (g *Generator) sentenceStart(place int32) int32 {
	for range maxSentence {
		before := g.text[place-1] // the text begins with an endOfPassage
		if before == endOfPassage || strings.ContainsAny(g.vocabulary[before], ".!?") && len(g.vocabulary[before]) == 1 {
			break
		}
		place--
	}
	return place
}

// Next returns the next token, with the space in front of it, or false at the end of the text.
func (t *Text) Next() (token string, ok bool) {
	var id int32
	if t.made < len(t.opening) {
		id = t.opening[t.made]
	} else {
		id = t.sample()
	}
	if id == endOfPassage && t.made >= t.options.MinTokens {
		return "", false
	}
	first := t.made == 0 || t.context[len(t.context)-1] == endOfPassage
	t.made++
	t.context = append(t.context, id)
	if len(t.context) > generatorOrder-1 {
		t.context = slices.Delete(t.context, 0, 1)
	}
	if id == endOfPassage {
		return paragraph, true
	}
	if first {
		return strings.TrimPrefix(t.g.vocabulary[id], " "), true
	}
	return t.g.vocabulary[id], true
}

// candidate is a token that may follow.
type candidate struct {
	id    int32
	count int
}

// sample chooses what follows the context. It looks at the longest context that the
// text has, and turns to a shorter one the more readily the more kinds of token follow
// the longer: Witten and Bell's method C.
func (t *Text) sample() int32 {
	for length := len(t.context); ; length-- {
		candidates, total := t.g.candidates(t.context[len(t.context)-length:])
		if len(candidates) == 0 {
			continue // one token alone is always followed by something
		}
		backOff := length > 1 && t.options.Temperature > 0 &&
			t.random.Float64() < float64(len(candidates))/float64(len(candidates)+total)
		if !backOff {
			return t.choose(candidates)
		}
	}
}

// candidates returns the tokens that follow a context, with how often they do.
func (g *Generator) candidates(context []int32) (list []candidate, total int) {
	for _, place := range g.following(context) {
		next := int(place) + len(context)
		if next >= len(g.text) {
			next = 0 // behind the last passage begins the first
		}
		id := g.text[next]
		if n := len(list); n == 0 || list[n-1].id != id {
			list = append(list, candidate{id: id})
		}
		list[len(list)-1].count++
		total++
	}
	return list, total
}

func (t *Text) choose(candidates []candidate) int32 {
	weights := make([]float64, len(candidates))
	likeliest, sum := 0, 0.0
	for i, c := range candidates {
		weight := float64(c.count)
		if slices.Contains(t.topics, c.id) {
			weight *= topicWeight
		}
		if t.options.Temperature > 0 {
			weight = math.Pow(weight, 1/t.options.Temperature)
		}
		weights[i] = weight
		sum += weight
		if weight > weights[likeliest] {
			likeliest = i
		}
	}
	if t.options.Temperature == 0 || math.IsInf(sum, 0) {
		return candidates[likeliest].id
	}
	at := t.random.Float64() * sum
	for i, weight := range weights {
		if at -= weight; at < 0 {
			return candidates[i].id
		}
	}
	return candidates[likeliest].id
}
