namespace Tallystick.Server.Tests.Import;

/// <summary>The systems of the documents: tables as the documents name them, sound books and broken ones.</summary>
internal static class OldSystems
{
    public const string Tables000 = """
        CREATE TABLE credit_accounts (
            account_id text PRIMARY KEY, expiring_credits numeric NOT NULL,
            non_expiring_credits numeric NOT NULL, balance numeric NOT NULL, updated_at timestamptz NOT NULL);
        CREATE TABLE credit_ledger (
            account_id text, amount numeric NOT NULL, balance_after numeric NOT NULL, type text NOT NULL,
            description text, reference_id text, metadata jsonb, created_at timestamptz NOT NULL);
        """;

    /// <summary>Two buckets, charges that say which they took from, one that does not, and one given back.</summary>
    public const string Sound000 = """
        INSERT INTO credit_accounts VALUES
            ('acme', 1.5, 20, 21.5, '2025-12-01T00:00:00Z'), ('beta', 0, 7.25, 7.25, '2025-12-01T00:00:00Z'),
            ('empty', 0, 0, 0, '2025-12-01T00:00:00Z');
        INSERT INTO credit_ledger VALUES
            ('acme', 30, 30, 'purchase', 'Top-up', 'order-1', NULL, '2025-11-01T10:00:00Z'),
            ('acme', -6.5, 23.5, 'usage', 'small usage', 'm-1',
             '{"thread_id": null, "message_id": "m-1", "from_expiring": 5, "from_non_expiring": 1.5}',
             '2025-11-02T10:00:00Z'),
            ('acme', -1.25, 22.25, 'usage', 'small usage', 'm-2', '{"message_id": "m-2"}', '2025-11-03T10:00:00Z'),
            ('acme', -0.75, 21.5, 'usage', 'small usage', 't-1',
             '{"thread_id": "t-1", "message_id": "m-3", "from_expiring": 0.75, "from_non_expiring": 0}',
             '2025-11-04T10:00:00.123456Z'),
            ('beta', 10, 10, 'purchase', NULL, 'order-2', NULL, '2025-11-01T10:00:00Z'),
            ('beta', -2.75, 7.25, 'usage', NULL, 'm-4',
             '{"message_id": "m-4", "from_expiring": 0, "from_non_expiring": 2.75}', '2025-11-02T10:00:00Z'),
            ('beta', 2.75, 10, 'refund', NULL, 'm-4', NULL, '2025-11-02T11:00:00Z'),
            ('beta', -2.75, 7.25, 'usage', NULL, 'm-5', NULL, '2025-11-02T12:00:00Z');
        """;

    /// <summary>What docs/importing.md shows.</summary>
    public const string Shown000 = """
        INSERT INTO credit_accounts VALUES
            ('ada', 1.5, 20, 21.5, '2025-12-01T00:00:00Z'), ('bob', 0, 6, 6, '2025-12-01T00:00:00Z'),
            ('eve', 0, 9, 9, '2025-12-01T00:00:00Z');
        INSERT INTO credit_ledger VALUES
            ('ada', 28, 28, 'purchase', 'Top-up', 'order-1', NULL, '2025-11-01T10:00:00Z'),
            ('ada', -6.5, 21.5, 'usage', 'small usage', 'm-1',
             '{"message_id": "m-1", "from_expiring": 5, "from_non_expiring": 1.5}', '2025-11-02T10:00:00Z'),
            ('bob', 10, 10, 'purchase', 'Top-up', 'order-2', NULL, '2025-11-01T00:00:00Z'),
            ('bob', -2, 8, 'usage', 'small usage', 'm-7',
             '{"message_id": "m-7", "from_expiring": 0, "from_non_expiring": 2}', '2025-11-02T00:00:00Z'),
            ('bob', -2, 6, 'usage', 'small usage', 'm-7',
             '{"message_id": "m-7", "from_expiring": 0, "from_non_expiring": 2}', '2025-11-02T00:00:05Z'),
            ('eve', 12, 12, 'purchase', 'Top-up', 'order-3', NULL, '2025-11-01T00:00:00Z'),
            ('eve', -2, 10, 'usage', 'small usage', 'm-8', NULL, '2025-11-02T00:00:00Z'),
            ('eve', -3, 9, 'usage', 'small usage', 'm-9', NULL, '2025-11-02T00:00:00.000001Z');
        """;

    /// <summary>Each account shows one of the failures that document 000 tells of.</summary>
    public const string Broken000 = """
        INSERT INTO credit_accounts VALUES
            ('doubled', 0, 6, 6, now()), ('lost', 0, 9, 9, now()), ('rowless', 0, 4, 4, now()),
            ('torn', 2, 3, 7, now()), ('unsplit', 0, 5, 5, now()), ('negative', -3, 1, -2, now());
        INSERT INTO credit_ledger VALUES
            ('doubled', 10, 10, 'purchase', NULL, 'o', NULL, '2025-11-01T00:00:00Z'),
            ('doubled', -2, 8, 'usage', NULL, 'm-7',
             '{"message_id": "m-7", "from_expiring": 0, "from_non_expiring": 2}', '2025-11-02T00:00:00Z'),
            ('doubled', -2, 6, 'usage', NULL, 'm-7',
             '{"message_id": "m-7", "from_expiring": 0, "from_non_expiring": 2}', '2025-11-03T00:00:00Z'),
            ('lost', 12, 12, 'purchase', NULL, 'o', NULL, '2025-11-01T00:00:00Z'),
            ('lost', -2, 10, 'usage', NULL, 'm-1', NULL, '2025-11-02T00:00:00Z'),
            ('lost', -3, 9, 'usage', NULL, 'm-2', NULL, '2025-11-02T00:00:01Z'),
            ('rowless', 10, 10, 'purchase', NULL, 'o', NULL, '2025-11-01T00:00:00Z'),
            ('torn', 5, 5, 'purchase', NULL, 'o', NULL, '2025-11-01T00:00:00Z'),
            ('torn', 2, 7, 'purchase', NULL, 'p', NULL, '2025-11-02T00:00:00Z'),
            ('unsplit', 10, 10, 'purchase', NULL, 'o', NULL, '2025-11-01T00:00:00Z'),
            ('unsplit', -5, 5, 'usage', NULL, 'm-9',
             '{"message_id": "m-9", "from_expiring": 1, "from_non_expiring": 3}', '2025-11-02T00:00:00Z'),
            ('negative', -2, -2, 'usage', NULL, 'm-8', NULL, '2025-11-02T00:00:00Z'),
            ('nobody', -2, -2, 'usage', NULL, 'm-8', NULL, '2025-11-02T00:00:00Z');
        """;

    public const string Tables001 = """
        CREATE TABLE licenses (
            id serial PRIMARY KEY, license_key text UNIQUE NOT NULL, credits bigint NOT NULL,
            is_active boolean NOT NULL,
            expires_at timestamptz, created_at timestamptz NOT NULL, user_id text);
        """;

    public const string Sound001 = """
        INSERT INTO licenses (license_key, credits, is_active, expires_at, created_at, user_id) VALUES
            ('AAAA-BBBB-CCCC-0001', 5000, true, '2099-01-01T00:00:00Z', '2025-01-01T00:00:00Z', 'ada'),
            ('AAAA-BBBB-CCCC-0002', 70, false, NULL, '2025-01-02T00:00:00Z', 'ada'),
            ('AAAA-BBBB-CCCC-0003', 0, true, '2025-06-01T00:00:00Z', '2025-01-03T00:00:00Z', 'bob');
        """;

    public const string Tables002 = """
        CREATE TABLE profiles (
            id uuid PRIMARY KEY, credits_remaining integer NOT NULL, addon_credits integer NOT NULL);
        CREATE TABLE jobs (
            id uuid PRIMARY KEY, user_id uuid NOT NULL, status text NOT NULL, meta_json jsonb NOT NULL,
            created_at timestamptz NOT NULL);
        CREATE TABLE ledger (
            id bigserial PRIMARY KEY, user_id uuid NOT NULL, amount integer NOT NULL, reason text NOT NULL,
            metadata jsonb, ts timestamptz NOT NULL);
        """;

    public const string Ada = "00000000-0000-0000-0000-00000000000a", Bob = "00000000-0000-0000-0000-00000000000b";

    /// <summary>
    /// Ada: the document's 500 + 5,000 with a job of 2,000 under way. Bob: a job that ended, one given back, and one
    /// under way of before the repair, which does not say what it took from where.
    /// </summary>
    public const string Sound002 = $$"""
        INSERT INTO profiles VALUES ('{{Ada}}', 0, 3500), ('{{Bob}}', 900, 100);
        INSERT INTO jobs VALUES
            ('10000000-0000-0000-0000-000000000001', '{{Ada}}', 'processing',
             '{"credit_cost": 2000, "credits_deducted": true, "monthly_deducted": 500, "addon_deducted": 1500}',
             '2025-11-20T10:00:00Z'),
            ('10000000-0000-0000-0000-000000000002', '{{Bob}}', 'completed',
             '{"credit_cost": 300, "credits_deducted": true, "monthly_deducted": 100, "addon_deducted": 200}',
             '2025-11-20T11:00:00Z'),
            ('10000000-0000-0000-0000-000000000003', '{{Bob}}', 'failed',
             '{"credit_cost": 50, "credits_deducted": true, "monthly_deducted": 20, "addon_deducted": 30}',
             '2025-11-20T12:00:00Z'),
            ('10000000-0000-0000-0000-000000000004', '{{Bob}}', 'queued',
             '{"credit_cost": 40, "credits_deducted": true}', '2025-11-20T13:00:00Z'),
            ('10000000-0000-0000-0000-000000000005', '{{Bob}}', 'queued', '{}', '2025-11-20T14:00:00Z');
        INSERT INTO ledger (user_id, amount, reason, metadata, ts) VALUES
            ('{{Ada}}', 500, 'monthly reset', NULL, '2025-11-01T00:00:00Z'),
            ('{{Ada}}', 5000, 'addon purchase', NULL, '2025-11-02T00:00:00Z'),
            ('{{Ada}}', -2000, 'job reserve: 10000000-0000-0000-0000-000000000001', NULL, '2025-11-20T10:00:00Z'),
            ('{{Bob}}', 1040, 'monthly reset', NULL, '2025-11-01T00:00:00Z'),
            ('{{Bob}}', 300, 'addon purchase', NULL, '2025-11-02T00:00:00Z'),
            ('{{Bob}}', 50, 'job refund: 10000000-0000-0000-0000-000000000003',
             '{"monthly_refunded": 20, "addon_refunded": 30}', '2025-11-20T12:30:00Z');
        """;

    /// <summary>The document's failure: 1,500 add-on credits came back as monthly ones.</summary>
    public const string Broken002 = $$"""
        INSERT INTO profiles VALUES ('{{Ada}}', 2000, 3500);
        INSERT INTO jobs VALUES
            ('10000000-0000-0000-0000-000000000001', '{{Ada}}', 'failed',
             '{"credit_cost": 2000, "credits_deducted": true, "monthly_deducted": 500, "addon_deducted": 1500}',
             '2025-11-20T10:00:00Z');
        INSERT INTO ledger (user_id, amount, reason, metadata, ts) VALUES
            ('{{Ada}}', 500, 'monthly reset', NULL, '2025-11-01T00:00:00Z'),
            ('{{Ada}}', 5000, 'addon purchase', NULL, '2025-11-02T00:00:00Z'),
            ('{{Ada}}', 2000, 'job refund: 10000000-0000-0000-0000-000000000001', NULL, '2025-11-20T12:00:00Z');
        """;

    public const string Tables003 = """
        CREATE TABLE user_credits (
            id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id varchar NOT NULL, credits_remaining numeric NOT NULL,
            credits_allocated numeric, tier varchar, monthly_cap numeric, last_reset timestamp, created_at timestamp,
            updated_at timestamp, email_notifications_enabled boolean);
        CREATE TABLE credit_transactions (
            id uuid PRIMARY KEY, user_id varchar NOT NULL, amount numeric NOT NULL, transaction_type varchar NOT NULL,
            provider varchar, model varchar, tokens_used integer, cost numeric, metadata jsonb, created_at timestamp,
            balance_after numeric);
        CREATE TABLE usage_events (
            id uuid PRIMARY KEY, user_id varchar NOT NULL, event_type varchar NOT NULL, service varchar,
            provider varchar, model varchar, tokens_used integer, cost numeric, total_cost numeric,
            provider_cost numeric, platform_markup numeric, is_free_tier boolean DEFAULT false, metadata jsonb,
            created_at timestamp);
        """;

    public const string Sound003 = """
        INSERT INTO user_credits (id, user_id, credits_remaining, credits_allocated, tier, monthly_cap, last_reset)
        VALUES
            ('20000000-0000-0000-0000-000000000001', 'ada@example.com', 4.877, 5, 'trial', 10, '2025-10-29'),
            ('20000000-0000-0000-0000-000000000002', 'Bob Ö', 5, 5, 'trial', NULL, NULL);
        INSERT INTO credit_transactions VALUES
            ('30000000-0000-0000-0000-000000000001', 'ada@example.com', 5, 'purchase', NULL, NULL, NULL, NULL,
             '{"tier": "trial", "reason": "initial_allocation", "source": "trial_signup"}', '2025-10-29 10:00:00', 5),
            ('30000000-0000-0000-0000-000000000002', 'ada@example.com', -0.123, 'usage', 'openai', 'gpt-4o', 1200, 0.1,
             '{"request_id": "r-1"}', '2025-10-29 11:00:00.5', 4.877),
            ('30000000-0000-0000-0000-000000000003', 'Bob Ö', 5, 'purchase', NULL, NULL, NULL, NULL, NULL,
             '2025-10-30', 5);
        INSERT INTO usage_events VALUES
            ('40000000-0000-0000-0000-000000000001', 'ada@example.com', 'api_call', 'chat', 'openai', 'gpt-4o', 1200,
             0.1, 0.123, 0.1, 0.023, false, '{"request_id": "r-1"}', '2025-10-29 11:00:00.4');
        """;
}
