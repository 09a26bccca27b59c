package supervisor

// failure is a step of a plugin's start that failed.
type failure struct {
	step   string
	err    error
	advice string // what to do about it
}

func (f *failure) Error() string {
	text := f.step + ": " + f.err.Error()
	if f.advice != "" {
		text += ": " + f.advice
	}
	return text
}

func (f *failure) Unwrap() error { return f.err }
