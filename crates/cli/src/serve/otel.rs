//! Traces to an OpenTelemetry collector: the spans of requests and jobs, as OTLP over HTTP. Behind the feature `otel`.

use std::time::Duration;

use async_trait::async_trait;
use axum::http::{HeaderMap, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{Bytes, HeaderExtractor, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::time::timeout;
use tracing::{Level, Metadata, Span, Subscriber};
use tracing_opentelemetry::{OpenTelemetryLayer, OpenTelemetrySpanExt};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

/// How long a collector may take for what it is sent.
const WITHIN: Duration = Duration::from_secs(10);

/// The longest answer of a collector.
const LONGEST_ANSWER: usize = 64 << 10;

/// Sends spans to a collector, in groups, in the background.
pub(super) struct Traces {
    provider: SdkTracerProvider,
}

/// Where a collector is: `http://HOST[:PORT][/PATH]`.
pub(super) fn parse_endpoint(value: &str) -> Result<Uri, &'static str> {
    let good = |uri: &Uri| uri.scheme_str() == Some("http") && uri.host().is_some() && uri.query().is_none();
    let uri = value.trim_end_matches('/').parse().ok().filter(good);
    uri.ok_or("expected http://HOST[:PORT], such as http://127.0.0.1:4318; a collector that wants TLS needs an agent in between")
}

impl Traces {
    /// Sends them to this collector, over connections on this runtime.
    pub(super) fn to(collector: &Uri, runtime: &Handle) -> Result<Self, String> {
        let traces = format!("{}/v1/traces", collector.to_string().trim_end_matches('/'));
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Client { runtime: runtime.clone() })
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(traces)
            .with_timeout(WITHIN)
            .build()
            .map_err(|error| format!("cannot send traces to {collector}: {error}"))?;
        // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES may say otherwise.
        let mut resource = Resource::builder();
        if std::env::var_os("OTEL_SERVICE_NAME").is_none() {
            resource = resource.with_service_name("masthead");
        }
        let version = opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let resource = resource.with_attribute(version).build();
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
        Ok(Self { provider })
    }

    /// What passes spans of ours to it. Like the log, they have nothing secret in them.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let layer: OpenTelemetryLayer<S, SdkTracer> = tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("masthead"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false);
        let ours = |event: &Metadata<'_>| event.target().starts_with("masthead") && *event.level() <= Level::INFO;
        layer.with_filter(filter_fn(ours))
    }

    /// Sends what there is yet. It waits for the collector: not on a thread of the runtime.
    pub(super) fn end(&self) {
        if let Err(error) = self.provider.shutdown() {
            tracing::warn!(%error, "some traces did not reach their collector");
        }
    }
}

/// Makes the span of a request a child of the one that its `traceparent` names.
pub(super) fn link(span: &Span, headers: &HeaderMap) {
    let parent = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
    // It fails when the span is not recorded: then there is nothing to link.
    let _ = span.set_parent(parent);
}

/// One request on a connection of its own: there is one every few seconds.
#[derive(Clone, Debug)]
struct Client {
    /// Groups are sent from a thread that has no runtime.
    runtime: Handle,
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let sent = self.runtime.spawn(async move { timeout(WITHIN, send(request)).await });
        sent.await??
    }
}

async fn send(mut request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
    let authority = request.uri().authority().ok_or("no host")?.clone();
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let stream = TcpStream::connect((host, authority.port_u16().unwrap_or(80))).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    // On the wire the target is the path, and the host has a header.
    let path = request.uri().path_and_query().ok_or("no path")?.as_str().parse()?;
    *request.uri_mut() = path;
    request.headers_mut().insert("host", authority.as_str().parse()?);
    let (parts, body) = sender.send_request(request.map(Full::new)).await?.into_parts();
    let body = Limited::new(body, LONGEST_ANSWER).collect().await?.to_bytes();
    connection.abort();
    Ok(Response::from_parts(parts, body))
}

#[cfg(test)]
mod tests {
    use super::parse_endpoint;

    #[test]
    fn collectors_are_reached_over_http() {
        for good in ["http://127.0.0.1:4318", "http://collector/", "http://[::1]:4318/otlp"] {
            assert!(parse_endpoint(good).is_ok(), "{good}");
        }
        for bad in ["", "127.0.0.1:4318", "https://collector:4318", "grpc://collector", "http://collector?x=y"] {
            assert!(parse_endpoint(bad).is_err(), "{bad}");
        }
    }
}
