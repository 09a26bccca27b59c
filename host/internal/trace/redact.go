package trace

import "regexp"

const masked = "***"

// secrets are what tokens and passwords look like in a text: Databricks' own tokens, JSON web tokens, and whatever stands behind a
// word that says what it is. It is the last line of defence: the first is that secrets are never logged.
var secrets = regexp.MustCompile(`\b(?:dapi|dose|dkea|doau)[0-9A-Za-z]{8,}(?:-[0-9]+)?` +
	`|\beyJ[0-9A-Za-z_-]{8,}(?:\.[0-9A-Za-z_-]+)*` +
	`|(?i:\b(bearer|basic)\s+)[0-9A-Za-z._~+/=-]{8,}` +
	`|(?i:([\w-]*(?:token|password|passwd|pwd|secret|api_?key|authorization|cookie))(["']?\s*[:=]\s*["']?))[^\s"'&,;]+` +
	`|(?i:\b([a-z][a-z0-9+.-]*://[^\s:/@]*:))[^\s/@]+@`)

// Redact masks what looks like a secret in a text.
func Redact(text string) string {
	if !secrets.MatchString(text) {
		return text
	}
	return secrets.ReplaceAllStringFunc(text, func(found string) string {
		m := secrets.FindStringSubmatch(found)
		switch {
		case m[1] != "":
			return m[1] + " " + masked
		case m[2] != "":
			return m[2] + m[3] + masked
		case m[4] != "":
			return m[4] + masked + "@"
		default:
			return masked
		}
	})
}

// redact masks what looks like a secret in the lines.
func redact(lines []Line) {
	for i := range lines {
		lines[i].Message = Redact(lines[i].Message)
		for j := range lines[i].Attrs {
			lines[i].Attrs[j].Value = Redact(lines[i].Attrs[j].Value)
		}
	}
}
