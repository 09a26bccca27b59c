package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// minPassage is the length of a passage in bytes after which the next sentence starts another.
const minPassage = 300

var (
	// stageDirection is what a stenographer added: [Laughter], (Applause.), and bracketed notes that end in a full stop. Other words in
	// brackets stay: they belong to a sentence.
	stageDirection = regexp.MustCompile(`(?i)\[(laughter|applause|sic|[^\]]*\.)\]|\((laughter|applause)\.?\)|\*`)
	sentenceEnd    = regexp.MustCompile(`[.!?]["”’]? `)
	// insideSentence matches text whose last full stop ends no sentence: that of an abbreviation, or of a spaced ellipsis.
	insideSentence = regexp.MustCompile(`(\b(Mr|Mrs|Ms|Dr|St|Jr|[A-Z])| )\. $`)
)

// speeches reads the addresses of the years first to last as passages: "passage_id", "year", "name", "party", "position", "passage".
func speeches(first, last int) func(archive) ([]record, error) {
	return func(files archive) ([]record, error) {
		var records []record
		for _, name := range slices.Sorted(maps.Keys(files)) {
			if path.Ext(name) != ".json" {
				continue
			}
			var speech struct {
				Year              int
				Name, Party, Text string
			}
			if err := json.Unmarshal(files[name], &speech); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			if speech.Year < first || speech.Year > last {
				continue
			}
			for i, passage := range passages(speech.Text) {
				records = append(records, record{
					"passage_id": strconv.Itoa(len(records) + 1),
					"year":       strconv.Itoa(speech.Year),
					"name":       speech.Name,
					"party":      speech.Party,
					"position":   strconv.Itoa(i + 1),
					"passage":    passage,
				})
			}
		}
		return records, nil
	}
}

// passages cuts a text into runs of whole sentences.
func passages(text string) []string {
	text = stageDirection.ReplaceAllString(text, "")
	text = strings.Join(strings.Fields(text), " ")
	var out []string
	start := 0
	for _, end := range sentenceEnd.FindAllStringIndex(text, -1) {
		if end[1]-start >= minPassage && !insideSentence.MatchString(text[start:end[1]]) {
			out = append(out, strings.TrimSpace(text[start:end[1]]))
			start = end[1]
		}
	}
	if rest := strings.TrimSpace(text[start:]); rest != "" {
		out = append(out, rest)
	}
	return out
}
