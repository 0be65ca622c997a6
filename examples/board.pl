#!/usr/bin/env perl
# Follows a Boardcast board by its patches and reports to it, with nothing but what Perl 5.36 brings along.
#
#     board.pl make NAME TITLE...          makes a board with cards; prints the board's id
#     board.pl report BOARD TITLE < lines  makes a card and an attempt at it, to whose log the lines go
#     board.pl follow BOARD [CURSOR]       prints a line an event, from now on or from after CURSOR
#
# The server is BOARDCAST_URL (http://127.0.0.1:4400), the token, if it wants one, BOARDCAST_TOKEN.

use v5.36;
use HTTP::Tiny;
use JSON::PP;
use Time::HiRes qw(sleep time);

use constant {
    DELAYS  => [1.5, 3, 6, 12],    # seconds before the next try; the last one again and again
    SILENCE => 40,                 # seconds without a byte, two heartbeats and a half: the connection is dead
    STEADY  => 5,                  # seconds after which a stream counts as one that worked
};

my $base = ($ENV{BOARDCAST_URL} // 'http://127.0.0.1:4400') =~ s{/*$}{/api/v1}r;
my %auth = $ENV{BOARDCAST_TOKEN} ? (authorization => "Bearer $ENV{BOARDCAST_TOKEN}") : ();
my $http = HTTP::Tiny->new(timeout => SILENCE);
my $json = JSON::PP->new->utf8->canonical;
binmode $_, ':encoding(UTF-8)' for *STDIN, *STDOUT, *STDERR;
# With a layer for characters even standard error is buffered.
$_->autoflush for *STDOUT, *STDERR;

# A text that nobody else makes.
sub unique { sprintf '%x-%x-%x', $$, time * 1e6, rand 2**32 }

sub say_so ($words) { print STDERR "$words\n" }

# Whether the same request may do better in a while: nobody is there, or the server is at its limit.
sub may_pass ($answer) { $answer->{status} == 429 || $answer->{status} >= 500 }

# What is wrong, in the server's words.
sub problem ($answer) {
    my $problem = eval { $json->decode($answer->{content}) };
    my $words = ref $problem eq 'HASH' ? $problem->{detail} : $answer->{content} =~ s/\s+\z//r;
    return "$answer->{status}: $words";
}

# Seconds to wait: what the server said, within reason, or else longer with each try.
sub pause ($tries, $said = undef) {
    return DELAYS->[$tries < $#{ DELAYS() } ? $tries : -1] unless defined $said;
    return $said < 0.5 ? 0.5 : $said > 12 ? 12 : $said;
}

# The answer to a POST. It may be repeated: under its key it takes effect once.
sub post ($path, $body, $type = 'application/json') {
    my %headers = (%auth, 'content-type' => $type, 'idempotency-key' => unique());
    for my $tries (0 .. 7) {
        my $answer = $http->post("$base$path", { headers => \%headers, content => $json->encode($body) });
        return $json->decode($answer->{content}) if $answer->{success};
        die 'POST ', $path, ': ', problem($answer), "\n" unless may_pass($answer);
        my $seconds = pause($tries, $answer->{headers}{'retry-after'});
        say_so(problem($answer) . "; again in $seconds s");
        sleep $seconds;
    }
    die "it didn't work for a minute\n";
}

sub make ($name, @titles) {
    my $board = post('/boards', { name => $name });
    post("/boards/$board->{id}/cards", { title => $_ }) for @titles;
    say $board->{id};
}

# Reports one attempt: queued, running, a line of its log for each line that comes, succeeded.
sub report ($board, $title) {
    my $card    = post("/boards/$board/cards", { title => $title });
    my $attempt = 'pl-' . unique();
    my $tell    = sub ($type, %data) {
        my %event = (specversion => '1.0', source => 'board.pl', id => unique(), type => $type);
        $event{data} = { boardId => $board, attemptId => $attempt, %data };
        post('/events', \%event, 'application/cloudevents+json');
    };
    my %who = (cardId => $card->{id}, agent => 'board-pl');
    $tell->('attempt.queued', %who);
    $tell->('attempt.status.changed', %who, status => 'running');
    while (my $line = <STDIN>) {
        chomp $line;
        $tell->('attempt.log.appended', level => 'info', message => $line);
    }
    $tell->('attempt.status.changed', %who, status => 'succeeded');
    say $attempt;
}

# Applies one operation of a JSON Patch [RFC 6902] and gives the document; boards use add, remove and replace.
sub patched ($document, $operation) {
    my ($op, $path, $value) = @$operation{qw(op path value)};
    return $value if $path eq '';
    my ($key, @way) = reverse map { s{~1}{/}gr =~ s{~0}{~}gr } split m{/}, substr($path, 1), -1;
    my $place = $document;
    $place = ref $place eq 'ARRAY' ? $place->[$_] : $place->{$_} for reverse @way;
    if (ref $place eq 'ARRAY') {
        splice @$place, ($key eq '-' ? @$place : $key), $op ne 'add', ($op eq 'remove' ? () : $value);
    }
    elsif ($op eq 'remove') { delete $place->{$key} }
    else                    { $place->{$key} = $value }
    return $document;
}

# Takes bytes as they come, and hands each frame on as (id or none, event, data) once its blank line has come.
sub frames ($hear) {
    my ($bytes, $only, %frame) = ('');
    return sub ($more, $response) {
        # HTTP::Tiny asks again by itself when a GET is cut, with the cursor of the first time.
        die "the stream was cut\n" if ($only //= $response) != $response;
        $bytes .= $more;
        while ($bytes =~ s/\A([^\r\n]*)(?:\r\n|\n|\r(?=.))//s) {
            my ($field, $value) = split /: ?/, $1, 2;
            if    (defined $field)      { $frame{$field} = $value }
            elsif (exists $frame{data}) { $hear->(@frame{qw(id event)}, $json->decode($frame{data})); %frame = () }
        }
    };
}

# An event as a line.
sub in_words ($event, $data) {
    return join ', ', map { "$_->{title} " . @{ $_->{cardIds} } } @{ $data->{columns} }{ @{ $data->{columnOrder} } }
        if $event eq 'state';
    return $data->{message} if $event eq 'attempt_log';
    return "$data->{attemptId} $data->{status}" if $event eq 'attempt_status';
    return $data->{replay} if $event eq 'hello';
    return JSON::PP->new->canonical->encode($data);
}

sub follow ($board, $cursor = undef) {
    my ($state, $tries, $said, $over) = (undef, 0);
    my $hear = sub ($id, $event, $data) {
        ($state, $cursor) = () if $event eq 'hello' && $data->{replay} eq 'reset';
        $state = $data if $event eq 'state';
        if ($event eq 'state_patch') {
            if (!$state || $state->{seq} != $data->{baseSeq}) {
                undef $cursor;
                die "a patch of a board that isn't known here\n";
            }
            $state = patched($state, $_) for @{ $data->{patch} };
            ($event, $data) = ('state', $state);
        }
        $cursor = $id // $cursor;
        say join ' ', $cursor // '-', $event, in_words($event, $data) unless $event eq 'heartbeat';
        if ($event eq 'bye') {
            $said = $data->{retryMs} / 1000 if defined $data->{retryMs};
            $over = $data->{reason} if $data->{reason} ne 'shutdown';
        }
    };
    while (1) {
        my ($opened, %headers) = (time, %auth);
        $headers{'last-event-id'} = $cursor if defined $cursor;
        my $way = { headers => \%headers, data_callback => frames($hear) };
        my $answer = $http->get("$base/sse?boardId=$board&state=patch", $way);
        die "$over\n" if defined $over;
        die problem($answer), "\n" unless $answer->{success} || may_pass($answer);
        $tries = 0 if time - $opened >= STEADY;
        my $seconds = pause($tries++, $said // $answer->{headers}{'retry-after'});
        say_so(($answer->{success} ? 'the stream ended' : problem($answer)) . "; again in $seconds s");
        sleep $seconds;
        undef $said;
    }
}

my %commands = (make => \&make, report => \&report, follow => \&follow);
my ($command, @words) = @ARGV;
utf8::decode($_) for @words;
my $do = $commands{ $command // '' } or die "board.pl make NAME TITLE... | report BOARD TITLE | follow BOARD [CURSOR]\n";
eval { $do->(@words); 1 } or do { print STDERR "board.pl: $@"; exit 1 };
