//! The proxies of the usual variables.

use super::Environment;

/// The proxies that the usual variables name, in capitals or small letters. An empty text is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProxyVariables {
    /// For plain links.
    pub http: String,
    /// For encrypted ones.
    pub https: String,
    /// Hosts that are reached without a proxy.
    pub except: String,
}

impl ProxyVariables {
    /// Reads `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`. Other programs set them too: empty means unset.
    pub fn read(environment: &Environment) -> Self {
        let read = |names: [&str; 2]| {
            let values = names.into_iter().filter_map(|name| environment.raw(name));
            let value = values.into_iter().find(|value| !value.is_empty());
            value.map(|value| value.to_string_lossy().into_owned())
        };
        let all = read(["ALL_PROXY", "all_proxy"]).unwrap_or_default();
        Self {
            http: read(["HTTP_PROXY", "http_proxy"]).unwrap_or_else(|| all.clone()),
            https: read(["HTTPS_PROXY", "https_proxy"]).unwrap_or(all),
            except: read(["NO_PROXY", "no_proxy"]).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::environment::of_pairs as environment;
    use super::*;

    #[test]
    fn each_scheme_has_its_proxy_or_that_of_all() {
        let found = ProxyVariables::read(&environment(&[
            ("all_proxy", "http://all:1"),
            ("HTTPS_PROXY", "http://secure:2"),
            ("HTTP_PROXY", ""),
            ("no_proxy", "inner"),
        ]));
        assert_eq!(found.http, "http://all:1", "empty is unset");
        assert_eq!(found.https, "http://secure:2");
        assert_eq!(found.except, "inner");
        assert_eq!(
            ProxyVariables::read(&environment(&[])),
            ProxyVariables::default()
        );
    }
}
