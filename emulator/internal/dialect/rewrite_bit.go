package dialect

// bitwisePrecedence orders the operators on bits, which bind in this order in Databricks
// and all alike in DuckDB.
var bitwisePrecedence = map[string]int{"|": 1, "^": 2, "&&": 2, "&": 3, "<<": 4, ">>": 4}

// bitwise refuses an operator on bits that stands behind one that binds less: DuckDB would
// apply that one first.
func (r *rewriter) bitwise(operator Token) error {
	depth := 0
	for i := len(r.out) - 1; i >= 0; i-- {
		switch t := r.out[i]; {
		case t.IsAny(")", "]"):
			depth++
		case t.IsAny("(", "["):
			if depth--; depth < 0 {
				return nil
			}
		case depth > 0:
		case t.Kind == Operator && bitwisePrecedence[t.Text] > 0:
			if bitwisePrecedence[t.Text] < bitwisePrecedence[operator.Text] {
				return Unsupported("the operator " + operator.Text + " behind " + t.Text + " without parentheses")
			}
		case t.Is(","), t.IsAny("=", "<", ">", "<=", ">=", "<>", "!="), t.Kind == Word && t.IsAny(clauseWords...):
			return nil
		}
	}
	return nil
}

// nulls moves IGNORE NULLS, which stands behind a call, into its parentheses, where DuckDB
// has it. Without OVER it is the second argument of first(x, true).
func (r *rewriter) nulls() (bool, error) {
	if !r.peekAt(1).Is("NULLS") || !r.last().Is(")") {
		return false, nil
	}
	inside := Token{Kind: Verbatim, Text: "IGNORE NULLS"}
	if !r.peekAt(2).Is("OVER") {
		inside.Text = ", true"
	}
	if r.peek().Is("IGNORE") {
		r.out = append(r.out[:len(r.out)-1], inside, r.last())
	}
	r.pos += 2
	return true, nil
}

// windowColumn lets window stand for the column that GROUP BY window(...) makes.
func (r *rewriter) windowColumn() (bool, error) {
	if !r.operandExpected() && !r.last().Is(",") {
		return false, nil
	}
	r.emit(Token{Kind: Identifier, Text: "window"})
	r.pos++
	return true, nil
}
