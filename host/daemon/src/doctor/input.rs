//! Whether input can be injected, by making each kind of device for a moment.

use punktfunk_config::Policy;

use super::Check;

pub(super) fn check(policy: &Policy) -> Vec<Check> {
    let input = &policy.input;
    if !input.any() {
        return vec![Check::good("input_off", "input", "off in the policy")];
    }
    vec![match punktfunk_input::self_test() {
        Ok(test) => {
            let kinds: Vec<String> = test.devices.iter().map(|(kind, _)| kind.to_string()).collect();
            let kinds = kinds.join(", ");
            Check::good("input_works", "input", format!("the kernel makes every device: {kinds}"))
                .with("devices", kinds)
        }
        Err(error) => Check::wrong(error.code(), "input", error.to_string()).with_all(error.params()),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_that_the_policy_turns_off_is_not_looked_at() {
        let mut policy = Policy::default();
        policy.input.keyboard = false;
        policy.input.pointer = false;
        policy.input.touch = false;
        policy.input.pen = false;
        policy.input.gamepads = 0;
        assert_eq!(check(&policy), [Check::good("input_off", "input", "off in the policy")]);
    }
}
