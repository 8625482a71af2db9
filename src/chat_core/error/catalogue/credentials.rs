//! Codes of credentials and of what they permit: 401xx to 403xx.

use super::entry::{Entry, entries};

entries! {
    40100 401 unauthorized "not authorized"
        "The request or connection was refused for its credentials"
        "The general refusal; the message may say more"
        "check which key or token is used, and for which app";
    40101 401 invalid_credentials "invalid credentials"
        "Nobody was authenticated"
        "The secret of the key is wrong, the mac of a TokenRequest does not match, or there are no credentials"
        "copy the whole key again, including the part after ':'";
    40102 401 incompatible_credentials "incompatible credentials"
        "The credentials are valid, but not for this connection or clientId"
        "The clientId asked for is not the token's, or a renewed token belongs to another client, app or key"
        "leave the clientId out, or use the one in the token";
    40103 401 invalid_use_of_basic_auth_over_non_tls_transport "key sent without TLS"
        "The key was refused so that it does not travel in the clear"
        "Basic authentication needs an encrypted connection"
        "turn TLS on, or use a token";
    40104 401 token_request_timestamp_outside_permitted_window "TokenRequest timestamp out of range"
        "No token was issued"
        "The timestamp differs from the service's time by more than two minutes: a wrong clock, or an old request"
        "set the clock of the machine that signs, or have it ask the service for the time (queryTime)";
    40105 401 nonce_value_replayed "TokenRequest used twice"
        "No token was issued; the first use of the request got one"
        "A nonce is accepted once: the auth server's answer was cached, or a request was sent again"
        "sign a new request each time, and answer with Cache-Control: no-store";
    40106 401 no_valid_authentication_method_provided "no way to authenticate"
        "The client did not try to connect"
        "It was given no key, no token, and no authUrl or authCallback"
        "set ABLY_API_KEY or ABLY_TOKEN, or give the client an authUrl";
    40110 401 account_disabled "account disabled"
        "No app of the account can connect"
        "The account was switched off"
        "see the account's dashboard, or ask its owner";
    40111 403 account_connection_limit_exceeded "too many connections in the account"
        "This connection was refused; those that exist go on"
        "The account, or a chatctl server with a connection limit, has as many connections as it allows"
        "close connections that are not needed, or raise the limit: connection-limit under [limits] of `chatctl serve --config`, or its --connection-limit";
    40112 401 account_message_limit_exceeded "account's message quota used up"
        "Nothing can be sent until the quota allows it again"
        "The message volume of the package is used up"
        "wait for the next period, or change the package";
    40113 401 account_blocked "account blocked"
        "No app of the account can connect"
        "The operator blocked the account"
        "contact the operator's support";
    40114 403 account_channel_limit_exceeded "too many channels in the account"
        "This room can't be attached; rooms that are active go on"
        "The account has as many active channels as it allows"
        "release rooms that are not needed, or change the package";
    40115 403 account_request_limit_exceeded "account's request quota used up"
        "REST calls or token requests are refused"
        "The API or token requests of the package are used up"
        "cache tokens, ask less often, or change the package";
    40120 401 application_disabled "app disabled"
        "No client of the app can connect"
        "The app was switched off in the dashboard"
        "enable the app, or use a key of another app";
    40121 401 token_revocation_not_enabled "token revocation not enabled"
        "Nothing was revoked: tokens stay valid until they expire"
        "This kind of revocation is not enabled for the app or account"
        "enable revocable tokens for the key, and revoke by clientId or revocation key";
    40125 401 application_integration_limit_exceeded "too many integration rules"
        "The rule was not created; chat itself is not affected"
        "The app is at its limit of integrations"
        "delete a rule that is not used";
    40126 401 application_channel_rule_limit_exceeded "too many namespaces"
        "The channel rule was not created"
        "The app is at its limit of namespaces"
        "delete a namespace that is not used";
    40127 401 application_api_key_limit_exceeded "too many API keys"
        "The key was not created"
        "The app is at its limit of keys"
        "revoke a key that is not used";
    40128 401 account_application_limit_exceeded "too many apps"
        "The app was not created"
        "The account is at its limit of apps"
        "delete an app that is not used";
    40130 401 key_error "unknown key"
        "Nobody was authenticated: there is no such key"
        "The part before ':' is wrong, or the key belongs to another environment"
        "check the key's name, and that the endpoint is the one the key was made for";
    40131 401 key_revoked "key revoked"
        "Nobody can authenticate with this key or a token made with it"
        "The key was revoked or disabled in the dashboard"
        "use another key, and replace this one everywhere";
    40132 401 key_expired "key expired"
        "Nobody can authenticate with this key or a token made with it"
        "The key was created with an end date, which has passed"
        "create a new key, and replace this one everywhere";
    40133 401 wrong_api_key_for_token_revocation "tokens belong to another key"
        "Nothing was revoked"
        "A key can revoke only the tokens that were issued with it"
        "call with the key that issued the tokens";
    40140 401 token_error_unspecified "unusable token"
        "The token was refused; an SDK fetches another and tries again"
        "The general error for tokens"
        "get a new token; if that is refused too, run `chatctl claims lint TOKEN`";
    40141 401 token_revoked "token revoked"
        "The client is disconnected, and connects again only with a newer token"
        "Its clientId, revocation key or channel was revoked after it was issued"
        "get a new token: one issued after the revocation is valid";
    40142 401 token_expired "token expired"
        "The client is refused until it has a new token; an SDK with an authUrl renews without the user noticing"
        "The expiry (exp) is in the past by the service's clock"
        "give clients an authUrl or authCallback so that they renew; if the token is new, check the clocks";
    40143 401 token_unrecognized "token not recognized"
        "The token was refused; an SDK fetches another and tries again"
        "Another service or environment issued it, or it expired long ago"
        "get a new token from the endpoint where it is used";
    40144 401 invalid_jwt "invalid JWT"
        "The token was refused, and so will be every token that is made the same way"
        "The signature does not match the key, the header lacks kid or names an algorithm other than HS256, or iat, exp or another claim is missing or malformed"
        "run `chatctl claims lint TOKEN`; sign with HS256 and the part of the key after ':', and put the part before it into kid";
    40145 401 invalid_ably_token "invalid Ably token"
        "The token was refused"
        "It was cut short or changed on its way"
        "pass the token on unchanged, without white space";
    40150 401 application_connection_limit_exceeded "too many connections in the app"
        "This connection was refused; those that exist go on"
        "The app has as many connections as it allows"
        "close connections that are not needed: one per process is enough";
    40151 401 token_connection_limit_exceeded "too many connections with one token"
        "This connection was refused; those that exist go on"
        "Several clients share one token"
        "give each client a token of its own";
    40160 401 capability_denied "capability denied"
        "You are connected, but may not do this in this room"
        "The key or token does not grant the operation here; a token never grants more than its key"
        "run `chatctl capability explain ROOM --feature FEATURE` with the token";
    40161 401 identified_client_required "clientId required"
        "The operation needs to know who acts, and the client is anonymous"
        "Chat and some namespaces require a clientId, and neither the token nor the client gives one"
        "put a clientId into the token, or give one with the key";
    40162 401 operation_requires_basic_authentication "needs the key itself"
        "The call was refused because it came with a token"
        "Operations such as revoking tokens take Basic authentication only"
        "call with the API key";
    40163 401 token_revocation_not_enabled_for_api_key "key without revocable tokens"
        "Nothing was revoked: the key's tokens stay valid until they expire"
        "Revocable tokens are not enabled for the key; newer services answer 40164"
        "enable them in the key's settings; its tokens then live for one hour at most";
    40164 401 token_revocation_not_enabled_for_api_key_40164 "key without revocable tokens"
        "Nothing was revoked: the key's tokens stay valid until they expire"
        "Revocable tokens are not enabled for the key, or not for this kind of target"
        "enable them in the key's settings, and revoke by clientId or revocation key";
    40165 401 channel_mode_not_requested_when_attaching "channel mode not requested"
        "The token permits the operation, but this attachment does not"
        "The client left the mode out of the channel's options when it attached"
        "add the mode to the channel's options, and attach again";
    40166 401 unidentified_client_cannot_modify_own_messages "anonymous client owns no messages"
        "The message was not updated or deleted"
        "The capability covers own messages only, and a client without a clientId has none"
        "put a clientId into the token, or grant message-update-any or message-delete-any";
    40167 401 untrusted_client_type_declaration "client type not vouched for"
        "The connection was refused"
        "The client declared itself a server, and its token does not say so"
        "add the claim x-ably-clientType to the token, or use a key";
    40170 401 error_from_client_token_callback "token could not be fetched"
        "The client can't connect, or stays connected only until its token expires"
        "The authUrl or authCallback failed, was too slow, or answered with something that is not a token"
        "run `chatctl auth check URL` with the authUrl: it shows status, Content-Type and token";
    40171 403 token_renewal_not_configured "token can't be renewed"
        "The connection fails for good when the token expires"
        "The client was given a token only, without authUrl, authCallback or key"
        "give the client an authUrl or authCallback";
    40172 401 operation_requires_token_authentication "needs a token"
        "The call was refused because it came with a key"
        "The operation takes token authentication only"
        "authenticate with a token";
    40180 401 apns_token_authentication_required_for_location "location push needs APNs token credentials"
        "Not part of Chat: location push does not work"
        "The app has a certificate for Apple's push service"
        "upload a signing key (.p8) in the app's push settings";
    40181 401 no_location_token_for_device "device has no location push token"
        "Not part of Chat: location push does not work for this device"
        "The device never registered one"
        "have the device register for location push";
    40182 401 apns_token_authentication_required_for_push_to_start "live activities need APNs token credentials"
        "Not part of Chat: live activities can't be started by push"
        "The app has a certificate for Apple's push service"
        "upload a signing key (.p8) in the app's push settings";
    40300 403 forbidden "forbidden"
        "The user is refused; SDKs treat it as final and do not retry"
        "Usually the auth server answered 403, because this user may not have a token"
        "log in as a user who is allowed, or look at what the auth server checks";
    40310 403 account_does_not_permit_tls_connections "account forbids TLS"
        "The connection was refused"
        "The account accepts unencrypted connections only"
        "connect without TLS, with a token and never with a key";
    40311 403 application_requires_a_tls_connection "app requires TLS"
        "The connection was refused"
        "An unencrypted connection was attempted"
        "connect with TLS: leave out `tls: false` and ABLY_TLS=false";
    40320 403 authentication_required "no credentials sent"
        "Nobody was authenticated"
        "The request carries neither a key nor a token"
        "set ABLY_API_KEY or ABLY_TOKEN";
    40330 403 account_not_permitted_in_cluster_or_region "account not allowed on this cluster or region"
        "The connection was refused"
        "The endpoint is not one that the account may use"
        "check the endpoint";
    40331 403 account_not_permitted_in_cluster "account not allowed on this cluster"
        "The connection was refused"
        "The endpoint is not one that the account may use"
        "check the endpoint";
    40332 403 account_not_permitted_in_region "account not allowed in this region"
        "The connection was refused"
        "The endpoint is not one that the account may use"
        "check the endpoint";
}
