package model

import (
	"unicode"
	"unicode/utf8"
)

// tokenize cuts text into words and marks, each with a space in front where the text has
// white space: put together, they are the text again, but for the kind of white space.
func tokenize(text string) []string {
	var tokens []string
	space := true // as if the text stood behind another
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		if unicode.IsSpace(r) {
			space = true
			text = text[size:]
			continue
		}
		end := size
		if inWord(r) {
			end = wordEnd(text)
		}
		token := text[:end]
		if space {
			token = " " + token
		}
		tokens = append(tokens, token)
		text, space = text[end:], false
	}
	return tokens
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// wordEnd returns the length of the word that the text begins with. An apostrophe, a hyphen, or
// a comma or full stop between two letters or digits belongs to it.
func wordEnd(text string) int {
	end := 0
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		if !inWord(r) {
			next, _ := utf8.DecodeRuneInString(text[end+size:])
			if r != '\'' && r != '’' && r != '-' && r != ',' && r != '.' || !inWord(next) {
				break
			}
		}
		end += size
	}
	return end
}
