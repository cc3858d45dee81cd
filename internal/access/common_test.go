package access

import (
	"strings"
	"testing"
	"time"
)

func TestCommonPasswords(t *testing.T) {
	for _, guessed := range []string{
		"passwordpassword", "password1234", "P@ssw0rd2026!", "sommar2026sommar", "Sommar2026!!!!", "lösenordlösenord", "qwertyuiop123", "Vingaker2026!!",
		"Samverkan2026", "abcdefghijkl", "iloveyouforever", "111111222222", "199001011234", "hejsanhejsan1", "qazwsxedcrfv", "Kommunhuset2026!", "hund12hund12",
		"anna.ek.2026!", "åååååååååååå", "asdfghjklöä1", "zyxwvutsrqpo", "Blåvitt1904!!", "hemligt-lösenord", "annaannaannaanna",
	} {
		if !common(guessed, "anna.ek@vingaker.example") {
			t.Errorf("%q is let through", guessed)
		}
	}
	for _, fine := range []string{
		"granit lykta hav ask", "correct horse battery staple", "flod tegel viska moln", "jag heter inte Kalle Anka", "Tr0ub4dor&3 är en serie", "x7Kq!m2vP0zL", "åkern ärter öken", "zebra kvast månsken",
	} {
		if common(fine, "anna.ek@vingaker.example") {
			t.Errorf("%q is refused", fine)
		}
	}
}

// No input takes long, whatever it holds (CWE-400).
func TestCommonTakesNoTime(t *testing.T) {
	for _, text := range []string{strings.Repeat("abcdefgh", 32), strings.Repeat("annaeva", 36), strings.Repeat("å", 256), strings.Repeat("qazwsx", 42)} {
		began := time.Now()
		common(text+"§", "")
		if took := time.Since(began); took > time.Second {
			t.Errorf("%.20s… takes %s", text, took)
		}
	}
}

func TestWordsAreUsable(t *testing.T) {
	words := strings.Fields(commonWords)
	for _, w := range words {
		if len([]rune(w)) < 3 || w != strings.ToLower(w) {
			t.Errorf("%q is never found", w)
		}
	}
	if len(guesses()) < 1000 {
		t.Errorf("only %d guesses", len(guesses()))
	}
}
