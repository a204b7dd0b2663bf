//! Connecting, and the kinds of failure to.

use diesel::prelude::*;
use revgraph::backend::UnreachableKind;
use revgraph::backend::postgres::{ConnectError, Session, parse_conninfo};

use super::false_server::{FalseClient, FalseServer};
use super::{Parameters, connect, parameters_with, scalar};
use crate::support::cluster::cluster;

/// Given where a password is given, to be looked for where it must not be.
const PASSWORD: &str = "Sesame-open-7";

/// A port (tcpmux) where nobody listens, and which no other test can be given.
const UNUSED_PORT: &str = "1";

fn connect_error(parameters: &Parameters) -> ConnectError {
    Session::connect(parameters).expect_err("this connection is refused")
}

#[test]
fn the_session_knows_its_server() {
    let mut session = connect();
    assert_eq!(session.backend_pid().to_string(), scalar(&mut session, "SELECT pg_backend_pid()"));
    assert_eq!(session.server_version().to_string(), scalar(&mut session, "SHOW server_version_num"));
    assert_eq!(session.parameter_status("TimeZone"), Some(scalar(&mut session, "SHOW TimeZone")));
    assert_eq!(session.parameter_status("no such\0setting"), None);
}

#[test]
fn the_defaults_of_a_session_can_be_changed_except_for_its_encoding() {
    let mut session = connect();
    assert_eq!(scalar(&mut session, "SHOW application_name"), "revgraph");
    let changed = parameters_with(&[("application_name", "other"), ("client_encoding", "LATIN1")]);
    let mut session = Session::connect(&changed).unwrap();
    assert_eq!(scalar(&mut session, "SHOW application_name"), "other");
    assert_eq!(scalar(&mut session, "SHOW client_encoding"), "UTF8");
}

#[test]
fn a_database_that_does_not_exist_is_told_apart() {
    let error = connect_error(&parameters_with(&[("dbname", "revgraph no such database")]));
    assert_eq!(error.kind, Some(UnreachableKind::NoSuchDatabase));
    assert_eq!(error.sqlstate.as_deref(), Some("3D000"));
    assert!(
        error.message.ends_with("FATAL:  database \"revgraph no such database\" does not exist"),
        "{error}"
    );
}

#[test]
fn the_name_of_a_database_is_never_read_as_a_url() {
    let error = connect_error(&parameters_with(&[("dbname", "postgres://other.invalid/x")]));
    assert_eq!(error.kind, Some(UnreachableKind::NoSuchDatabase));
}

#[test]
fn a_user_that_does_not_exist_is_told() {
    let error = connect_error(&parameters_with(&[("user", "revgraph no such user"), ("password", PASSWORD)]));
    assert_eq!(error.kind, Some(UnreachableKind::NoSuchRole));
    assert!(!format!("{error:?}").contains(PASSWORD));
}

#[test]
fn a_server_that_is_not_there_is_unreachable() {
    let unreachable = [
        (vec![("host", "127.0.0.1"), ("port", UNUSED_PORT)], UnreachableKind::NoAnswer),
        (vec![("host", "/nonexistent/socket/folder")], UnreachableKind::NoAnswer),
        (vec![("host", "host.invalid"), ("connect_timeout", "5")], UnreachableKind::UnknownHost),
    ];
    for (changes, kind) in unreachable {
        let error = connect_error(&parameters_with(&[&changes[..], &[("password", PASSWORD)]].concat()));
        assert_eq!(error.kind, Some(kind), "{error}");
        assert_eq!(error.sqlstate, None);
        assert!(!format!("{error:?}").contains(PASSWORD));
    }
}

#[test]
fn a_malformed_parameter_is_neither() {
    for change in [("hots", "x"), ("sslmode", "maybe"), ("host", "a\0b"), ("connect_timeout", "soon")] {
        let error = connect_error(&parameters_with(&[change]));
        assert_eq!(error.kind, Some(UnreachableKind::Other), "{change:?}: {error}");
    }
    let error = connect_error(&parameters_with(&[("password", "Sesame\0open")]));
    assert!(!format!("{error:?}").contains("Sesame"));
}

#[test]
fn a_malformed_connection_string_is_not_quoted() {
    for conninfo in ["host='x' Sesame", "postgres://u:Sesame%zz@h/", "host=x\0password=Sesame"] {
        let error = parse_conninfo(conninfo).unwrap_err();
        assert!(!format!("{error:?}").contains("Sesame"));
        let error = Session::establish(conninfo).unwrap_err();
        assert!(!format!("{error:?} {error}").contains("Sesame"));
    }
    let parsed = parse_conninfo("host=h password='a b' dbname=d").unwrap();
    let expected = [("host", "h"), ("password", "a b"), ("dbname", "d")];
    assert!(expected.iter().all(|(k, v)| parsed.contains(&(k.to_string(), v.to_string()))), "{parsed:?}");
    assert_eq!(parsed.len(), expected.len());
}

#[test]
fn a_session_shows_no_password() {
    let server = FalseServer::start(FalseClient::accept);
    let session = Session::connect(&server.parameters(&[("password", PASSWORD)])).unwrap();
    let cancel = session.cancel_handle().unwrap();
    assert!(!format!("{session:?} {cancel:?}").contains(PASSWORD));
}

#[test]
fn diesels_establish_takes_a_connection_string() {
    let mut session = Session::establish(&cluster().url("postgres")).unwrap();
    assert_eq!(scalar(&mut session, "SELECT 1"), "1");
}

#[test]
fn a_refused_password_is_an_authentication_failure_in_any_language() {
    let server = FalseServer::start(|client| {
        client.send(b'R', &3_i32.to_be_bytes()); // AuthenticationCleartextPassword
        assert_eq!(client.receive(), [PASSWORD.as_bytes(), b"\0"].concat());
        client.send_error("ВАЖНО", "28P01", "пользователь не прошёл проверку подлинности");
    });
    let error = connect_error(&server.parameters(&[("password", PASSWORD)]));
    assert_eq!(error.kind, Some(UnreachableKind::Authentication));
    assert_eq!(error.sqlstate.as_deref(), Some("28P01"));
    assert!(error.message.ends_with("ВАЖНО:  пользователь не прошёл проверку подлинности"), "{error}");
    assert!(!format!("{error:?}").contains(PASSWORD));
}

#[test]
fn a_missing_password_is_an_authentication_failure() {
    let server = FalseServer::start(|client| {
        client.send(b'R', &3_i32.to_be_bytes());
        client.receive();
    });
    let error = connect_error(&server.parameters(&[("passfile", "/nonexistent")]));
    assert_eq!(error.kind, Some(UnreachableKind::Authentication), "{error}");
    assert_eq!(error.sqlstate, None);
}

#[test]
fn a_server_that_is_starting_is_told() {
    let server = FalseServer::start(|client| {
        client.send_error("FATAL", "57P03", "the database system is starting up");
    });
    assert_eq!(connect_error(&server.parameters(&[])).kind, Some(UnreachableKind::Starting));
}

#[test]
fn a_server_that_does_not_answer_is_given_up() {
    let server = FalseServer::start(|client| {
        client.receive();
    });
    let error = connect_error(&server.parameters(&[("connect_timeout", "2")]));
    assert_eq!(error.kind, Some(UnreachableKind::Timeout), "{error}");
    assert!(error.message.contains("timeout"), "{error}");
}

#[test]
fn of_several_hosts_one_that_answers_is_enough() {
    let live = FalseServer::start(FalseClient::accept);
    let parameters = live
        .parameters(&[("host", "127.0.0.1,127.0.0.1"), ("port", &format!("{UNUSED_PORT},{}", live.port))]);
    assert_eq!(Session::connect(&parameters).unwrap().backend_pid(), 4711);
}

#[test]
fn a_warning_given_while_connecting_is_a_notice() {
    let server = FalseServer::start(|client| {
        client.send(b'R', &0_i32.to_be_bytes()); // AuthenticationOk
        client.send_fields(b'N', &[(b'S', "WARNING"), (b'V', "WARNING"), (b'C', "01000"), (b'M', "beware")]);
        client.send(b'Z', b"I"); // ReadyForQuery
    });
    let mut session = Session::connect(&server.parameters(&[])).unwrap();
    let messages: Vec<String> = session.take_notices().into_iter().map(|notice| notice.message).collect();
    assert_eq!(messages, ["beware"]);
    assert!(session.cancel_handle().is_err(), "this server gave no cancel key");
}

/// CockroachDB takes the advisory lock of a run and locks nothing.
#[test]
fn a_server_of_another_make_is_refused_by_its_name() {
    let server = FalseServer::start(|client| {
        client.send(b'R', &0_i32.to_be_bytes());
        client.send(b'S', b"server_version\x0013.0.0\0");
        client.send(b'S', b"crdb_version\0CockroachDB CCL v23.1.11\0");
        client.send(b'K', &[4711_i32.to_be_bytes(), [0; 4]].concat());
        client.send(b'Z', b"I");
    });
    let project = crate::support::Project::new(crate::support::Kind::Postgres);
    let url = format!("postgres://u@127.0.0.1:{}/d?sslmode=disable&gssencmode=disable", server.port);
    let ran = project.run(&["current", "--json", "--url", &url]);
    assert_eq!((ran.status, &ran.error()["kind"]), (2, &"other_server".into()), "{ran:?}");
    assert!(ran.error()["message"].as_str().is_some_and(|told| told.contains("CockroachDB")), "{ran:?}");
}
