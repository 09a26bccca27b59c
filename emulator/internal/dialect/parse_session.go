package dialect

import (
	"slices"
	"strings"
)

// SessionChange is a statement about the session: SET, RESET, DECLARE VARIABLE. Every statement
// of the API is a session of its own, so what it sets ends with it.
type SessionChange struct {
	What string
	// Key and Value are what SET answers with; without a key it answers with nothing.
	Key, Value string
}

// Verb implements [Statement].
func (s SessionChange) Verb() string { return s.What }

// settings are the configuration parameters of Databricks SQL with what they are here.
var settings = map[string]string{
	"ANSI_MODE": "true", "ENABLE_PHOTON": "true", "LEGACY_TIME_PARSER_POLICY": "EXCEPTION", "MAX_FILE_PARTITION_BYTES": "128m",
	"READ_ONLY_EXTERNAL_METASTORE": "false", "STATEMENT_TIMEOUT": "172800", "TIMEZONE": "UTC", "USE_CACHED_RESULT": "true",
}

func (p *parser) set() (Statement, error) {
	switch {
	case p.peek().Is("VAR"), p.peek().Is("VARIABLE"):
		return nil, Unsupported("SET VARIABLE: every statement is a session of its own")
	case p.peek().IsAny("TAG", "RECIPIENT"):
		return nil, Unsupported("SET " + strings.ToUpper(p.peek().Text))
	case p.accept("TIME", "ZONE"):
		return p.setTimeZone()
	case p.peek().Kind == End:
		return nil, Unsupported("SET without a parameter")
	}
	name, err := p.propertyKey()
	if err != nil {
		return nil, err
	}
	key := strings.ToUpper(name)
	value, known := settings[key]
	if !known {
		return nil, newError("CONFIG_NOT_AVAILABLE", "42K0I", "Configuration %s is not available.", name)
	}
	if p.peek().Kind == End {
		return SessionChange{What: "SET", Key: key, Value: value}, nil
	}
	if err := p.expect("="); err != nil {
		return nil, err
	}
	given := p.rest()
	if len(given) == 0 {
		return nil, p.unexpected()
	}
	text := p.src[given[0].Pos:given[len(given)-1].Stop]
	if given[0].Kind == String {
		text = given[0].Text
	}
	switch {
	case key == "ANSI_MODE" && !strings.EqualFold(text, "true"):
		return nil, Unsupported("SET ANSI_MODE = " + text)
	case key == "TIMEZONE" && !isUTC(text):
		return nil, Unsupported("the time zone " + text + ": every session is in UTC")
	}
	return SessionChange{What: "SET", Key: name, Value: text}, nil
}

func isUTC(zone string) bool {
	return slices.Contains([]string{"UTC", "ETC/UTC", "Z", "GMT", "LOCAL", "DEFAULT", "+00:00"}, strings.ToUpper(zone))
}

// setTimeZone takes LOCAL or a time zone: one other than UTC would change what statements mean.
func (p *parser) setTimeZone() (Statement, error) {
	zone := p.peek()
	if zone.Kind != String && !zone.Is("LOCAL") {
		if zone.Is("INTERVAL") {
			return nil, Unsupported("SET TIME ZONE INTERVAL")
		}
		return nil, p.unexpected()
	}
	p.pos++
	if !isUTC(zone.Text) {
		return nil, Unsupported("the time zone " + zone.Text + ": every session is in UTC")
	}
	return SessionChange{What: "SET TIME ZONE", Key: "TIMEZONE", Value: zone.Text}, nil
}

func (p *parser) reset() (Statement, error) {
	if p.peek().Kind == End {
		return SessionChange{What: "RESET"}, nil
	}
	name, err := p.propertyKey()
	if err == nil && settings[strings.ToUpper(name)] == "" {
		err = newError("CONFIG_NOT_AVAILABLE", "42K0I", "Configuration %s is not available.", name)
	}
	return SessionChange{What: "RESET"}, err
}

// declare takes [OR REPLACE] [VARIABLE] name [type] [DEFAULT expression].
func (p *parser) declare() (Statement, error) {
	p.accept("OR", "REPLACE")
	if !p.accept("VARIABLE") {
		p.accept("VAR")
	}
	if _, err := p.name(); err != nil {
		return nil, err
	}
	if !p.peek().IsAny("DEFAULT", "=") && p.peek().Kind != End {
		if _, err := p.dataType(); err != nil {
			return nil, err
		}
	}
	if p.accept("DEFAULT") || p.accept("=") {
		if len(p.rest()) == 0 {
			return nil, p.unexpected()
		}
	}
	return SessionChange{What: "DECLARE VARIABLE"}, nil
}

// Immediate is EXECUTE IMMEDIATE: a statement, and the text that it comes from.
type Immediate struct {
	Statement Statement
	Text      string
}

// Verb implements [Statement].
func (Immediate) Verb() string { return "EXECUTE IMMEDIATE" }

// execute takes IMMEDIATE 'statement' [USING literal [AS name], ...].
func (p *parser) execute() (Statement, error) {
	if err := p.expect("IMMEDIATE"); err != nil {
		return nil, err
	}
	text, err := p.text()
	if err != nil {
		return nil, Unsupported("EXECUTE IMMEDIATE of anything but a string literal")
	}
	if p.peek().Is("INTO") {
		return nil, Unsupported("EXECUTE IMMEDIATE ... INTO")
	}
	var arguments []immediateArgument
	if p.accept("USING") {
		if arguments, err = p.immediateArguments(); err != nil {
			return nil, err
		}
	}
	tokens, err := Lex(text)
	if err != nil {
		return nil, err
	}
	if tokens, err = bindImmediate(text, tokens, arguments); err != nil {
		return nil, err
	}
	if len(tokens) > 0 && tokens[0].Is("EXECUTE") {
		return nil, newError("NESTED_EXECUTE_IMMEDIATE", "07501", "Nested EXECUTE IMMEDIATE commands are not allowed. Please ensure that the SQL query provided (%s) does not contain another EXECUTE IMMEDIATE command.", text)
	}
	s, err := Parse(text, tokens)
	return Immediate{s, text}, err
}

type immediateArgument struct {
	name  string
	value Token
}

func (p *parser) immediateArguments() (all []immediateArgument, err error) {
	parenthesized := p.accept("(")
	for {
		var a immediateArgument
		negative := p.accept("-")
		if a.value = p.peek(); a.value.Kind != String && a.value.Kind != Number && a.value.Kind != Verbatim {
			return nil, Unsupported("EXECUTE IMMEDIATE ... USING anything but literals and parameters")
		}
		if p.pos++; negative {
			a.value = Token{Kind: Verbatim, Text: "(-" + a.value.Text + ")"}
		}
		if p.accept("AS") {
			if a.name, err = p.identifier(); err != nil {
				return nil, err
			}
		}
		if all = append(all, a); p.accept(",") {
			continue
		}
		if parenthesized {
			return all, p.expect(")")
		}
		return all, nil
	}
}

// bindImmediate replaces ? and :name by the arguments.
func bindImmediate(text string, tokens []Token, arguments []immediateArgument) ([]Token, error) {
	next := 0
	for i, t := range tokens {
		var at int
		switch {
		case t.Is("?"):
			at = next
			next++
		case t.Kind == Parameter:
			at = slices.IndexFunc(arguments, func(a immediateArgument) bool { return a.name == t.Text })
			if at < 0 {
				at = len(arguments)
			}
		default:
			continue
		}
		if at >= len(arguments) {
			return nil, newError("UNBOUND_SQL_PARAMETER", "42P02", "Found the unbound parameter: %s.", text[t.Pos:t.Stop])
		}
		tokens[i].Kind, tokens[i].Text = arguments[at].value.Kind, arguments[at].value.Text
	}
	return tokens, nil
}
