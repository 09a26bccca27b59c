package dialect

// ValueRows are the expressions of VALUES (...), ..., one after the other, or nil when the
// tokens are anything else. A row without parentheses is an expression by itself.
func ValueRows(tokens []Token) (expressions [][]Token) {
	p := &parser{tokens: tokens}
	if !p.accept("VALUES") {
		return nil
	}
	for {
		single := !p.accept("(")
		for {
			if single {
				expressions = append(expressions, p.until(","))
				break
			}
			expressions = append(expressions, p.until(",", ")"))
			if !p.accept(",") {
				break
			}
		}
		if !single && !p.accept(")") {
			return nil
		}
		if !p.accept(",") {
			break
		}
	}
	if p.peek().Kind != End {
		return nil
	}
	return expressions
}

// IsDefault reports whether the tokens are the keyword DEFAULT.
func IsDefault(tokens []Token) bool { return len(tokens) == 1 && tokens[0].Is("DEFAULT") }

// Values is the query VALUES of rows of the given width, without the expressions that are nil.
func Values(expressions [][]Token, width int) []Token {
	operator := func(text string) Token { return Token{Kind: Operator, Text: text} }
	tokens := []Token{{Kind: Word, Text: "VALUES"}}
	for i := 0; i < len(expressions); i += width {
		if i > 0 {
			tokens = append(tokens, operator(","))
		}
		tokens = append(tokens, operator("("))
		first := true
		for _, e := range expressions[i : i+width] {
			if e == nil {
				continue
			}
			if !first {
				tokens = append(tokens, operator(","))
			}
			tokens, first = append(tokens, e...), false
		}
		tokens = append(tokens, operator(")"))
	}
	return tokens
}
