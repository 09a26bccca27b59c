package answer

import (
	"errors"
	"net/http"
	"testing"
)

func TestAnswerKeepsWhatIsWritten(t *testing.T) {
	t.Parallel()
	a := New(5)
	defer a.Release()
	if a.Status() != 0 || a.MediaType() != "" || a.TooBig() != nil {
		t.Errorf("new answer: %d %q %v", a.Status(), a.MediaType(), a.TooBig())
	}
	a.Header().Set("Content-Type", "Text/HTML; charset=utf-8")
	a.WriteHeader(http.StatusEarlyHints)
	a.WriteHeader(http.StatusTeapot)
	a.WriteHeader(http.StatusOK)
	for _, piece := range []string{"abc", "de"} {
		if _, err := a.Write([]byte(piece)); err != nil {
			t.Fatal(err)
		}
	}
	if a.Status() != http.StatusTeapot || a.MediaType() != "text/html" || string(a.Body()) != "abcde" {
		t.Errorf("answer: %d %q %q", a.Status(), a.MediaType(), a.Body())
	}
	if n, err := a.Write([]byte("f")); n != 0 || !errors.Is(err, ErrTooBig) || !errors.Is(a.TooBig(), ErrTooBig) {
		t.Errorf("beyond the limit: %d, %v, %v", n, err, a.TooBig())
	}
}

func TestReleasedAnswerIsEmptyAgain(t *testing.T) {
	t.Parallel()
	a := New(1)
	a.Header().Set("X", "y")
	_, err := a.Write([]byte("ab"))
	a.Release()
	if !errors.Is(err, ErrTooBig) || a.Status() != 0 || len(a.Header()) != 0 || len(a.Body()) != 0 || a.TooBig() != nil {
		t.Errorf("released answer: %v, %d, %v, %q, %v", err, a.Status(), a.Header(), a.Body(), a.TooBig())
	}
}
