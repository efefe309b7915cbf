//! What every implementation of `Store` has to do, and the implementations it is asked of.
//!
//! A case takes an empty database and knows only the trait. A further implementation is one more function in `backend.rs`
//! and one more line at the end of this file.

mod accounts;
mod authority;
mod backend;
mod cancel;
mod collection;
mod durability;
pub(crate) mod fixture;
mod jobs;
mod model;
mod nonces;
mod pairing;
mod rates;
mod sqlite_cost;
mod sqlite_file;
mod sqlite_migration;
mod sqlite_room;
mod uploads;
mod versions;

macro_rules! cases {
    ($backend:ident, $file:ident: $($case:ident)*) => {
        mod $file {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $case() {
                    crate::store::$file::$case(crate::store::backend::$backend().await).await;
                }
            )*
        }
    };
}

macro_rules! conformance {
    ($backend:ident) => {
        mod $backend {
            cases!($backend, accounts:
                users_are_found_by_number_and_by_name_in_any_case
                users_are_listed_in_pages
                a_screen_name_is_taken_in_any_case
                of_many_who_want_one_name_one_gets_it
                users_without_an_application_get_one_each
                users_of_an_application_share_its_key_and_nothing_else
                an_application_does_not_change_what_it_may
                rotating_ends_every_old_secret
                rotating_leaves_a_shared_application_alone
                a_suspended_user_is_seen_as_such_in_every_grant
                a_removed_user_leaves_nothing_and_their_number_is_not_used_again
                an_application_goes_with_its_last_user
                a_user_who_is_kept_elsewhere_can_be_removed
                a_signed_grant_tells_unknown_consumers_from_unknown_tokens
                a_bearer_token_is_known_by_its_digest_only
            );
            cases!($backend, authority:
                what_stands_is_accepted
                what_does_not_stand_is_refused_for_what_it_is
                it_is_checked_before_anything_else
                uploads_and_a_removal_at_once_leave_nothing
            );
            cases!($backend, nonces:
                a_nonce_is_good_for_one_use
                of_many_uses_of_one_nonce_one_wins
                old_nonces_are_pruned_and_others_kept
                nonces_of_a_clock_that_was_years_ahead_are_pruned
                a_replay_is_not_counted
                the_nonce_of_a_refused_request_is_not_remembered
                nonces_and_windows_that_were_counted_elsewhere_are_noted
            );
            cases!($backend, rates:
                exactly_the_limit_is_allowed_to_a_crowd
                a_window_counts_down_and_ends_where_it_said
                users_and_calls_do_not_share_a_window
                a_refused_request_is_not_counted
                the_reset_is_a_whole_second_and_never_early
                a_limit_of_zero_allows_nothing
                pruning_keeps_windows_that_are_not_over
                a_window_that_would_last_for_years_is_over
                a_clock_that_goes_back_makes_no_window_longer
            );
            cases!($backend, uploads:
                an_upload_becomes_the_banner_with_its_files_in_order
                uploads_are_unknown_until_accepted
                the_banner_once_more_is_nothing_to_do
                the_queue_is_full_at_its_bound_exactly
                a_failed_upload_keeps_the_former_banner_and_says_why
                the_files_of_a_former_banner_are_served_until_forgotten
                removing_nothing_says_so
            );
            cases!($backend, versions:
                a_version_is_the_second_of_its_upload_and_rises
                versions_rise_however_many_come_at_once
                versions_rise_after_everything_was_forgotten
                an_upload_that_finishes_late_is_superseded
                the_latest_of_a_users_uploads_is_worked_on_first
                when_the_later_upload_fails_the_earlier_is_the_banner
                a_removal_ends_what_is_being_processed
                an_upload_after_a_removal_wins_in_the_same_second
                finishing_and_removing_at_once_agree
            );
            cases!($backend, jobs:
                no_two_workers_hold_one_job
                jobs_come_in_the_order_in_which_they_were_accepted
                a_job_whose_lease_ended_goes_to_another
                a_claim_that_was_lost_changes_nothing
                a_lease_that_ended_unnoticed_is_still_good
                a_renewed_lease_holds_longer
                a_lease_outlasts_no_jump_of_the_clock
                a_lease_without_end_is_held_whatever_the_clock_does
                a_lost_claim_cannot_be_renewed
                a_job_that_is_put_off_waits_and_counts
                a_job_is_put_off_for_no_longer_than_its_pause
                jobs_that_were_put_off_keep_their_place
                crashes_are_counted_until_a_failure_is_reported
                after_a_restart_running_jobs_are_ready
                jobs_that_nobody_holds_can_be_recovered_beside_those_that_are_held
                waiting_and_running_jobs_count
            );
            cases!($backend, collection:
                what_has_ended_can_be_forgotten
                a_users_latest_failure_is_kept
                collection_has_a_bound_in_time_and_number
                what_is_needed_cannot_be_forgotten
                states_are_of_those_that_are_there
                what_ended_in_the_future_has_ended_when_the_clock_is_right_again
            );
            cases!($backend, pairing:
                a_pairing_is_none_and_then_the_last_one_that_was_set
                the_inventory_tells_of_each_upload_what_files_it_needs
                purged_banners_are_gone_at_once_and_their_files_to_be_deleted
                deletions_are_held_for_five_minutes_at_most
            );
            cases!($backend, durability:
                what_was_acknowledged_survives_a_kill
                two_processes_share_a_database
            );
            cases!($backend, cancel:
                an_upload_dropped_halfway_is_whole_or_nothing
                a_job_dropped_halfway_is_whole_or_nothing
                an_account_dropped_halfway_is_whole_or_nothing
                aborted_tasks_leave_no_half_done_work
            );
            cases!($backend, model:
                random_histories_agree_with_the_rules
            );
        }
    };
}

conformance!(sqlite);
