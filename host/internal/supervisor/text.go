package supervisor

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// printable returns text from a plugin as something that can do no harm on a terminal or in a log: what is not valid
// UTF-8 becomes U+FFFD, and control, formatting and direction characters become escapes such as \u001b. Tabs stay.
func printable(text string) string {
	harmless := true
	for _, r := range text {
		if !isHarmless(r) {
			harmless = false
			break
		}
	}
	if harmless && utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text) + 16)
	for _, r := range text {
		if isHarmless(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

func isHarmless(r rune) bool {
	return ' ' <= r && r <= '~' || r == '\t' || r > '~' && unicode.IsPrint(r)
}

// clip shortens text to at most limit bytes, at a character's end, and marks the cut.
func clip(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit] + "…"
}
