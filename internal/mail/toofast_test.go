package mail

import "testing"

func TestTooFast(t *testing.T) {
	for said, want := range map[string]bool{
		"4.3.2 Too many concurrent SMTP connections from this IP address; please try again later":                                     true,
		"4.7.28 Our system has detected an unusual rate of unsolicited mail originating from your IP":                                 true,
		"4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages from being delivered": true,
		"4.7.650 The mail server [192.0.2.1] has been temporarily rate limited due to IP reputation":                                  true,
		"4.5.3 Error: too much mail, message rate exceeded":                                                                           true,
		"4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded; throttled":                                                        true,
		"4.7.1 Greylisting in action, please come back in 300 seconds":                                                                false,
		"4.2.2 mailbox full, quota exceeded":                                                                                          false,
		"4.2.2 The mailbox has exceeded its storage limit; too many messages stored":                                                  false,
		"4.3.0 Temporary server error":                                                                                                false,
		"4.4.1 connection timed out":                                                                                                  false,
	} {
		for _, code := range []int{421, 450, 451, 452} {
			d := &DeliveryError{Outcome: Temporary, Code: code}
			d.Enhanced, d.Words = words(said)
			if got := TooFast(d); got != want {
				t.Errorf("%d %s: %v", code, said, got)
			}
		}
		d := &DeliveryError{Outcome: Permanent, Code: 550, Words: said}
		if TooFast(d) || TooFast(&DeliveryError{Outcome: Temporary, Words: said}) || TooFast(nil) {
			t.Errorf("%s: also when it is refused for good, or nobody answered", said)
		}
	}
}
