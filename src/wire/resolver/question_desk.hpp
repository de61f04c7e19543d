#pragma once

#include <dtrace/async/wakeup.hpp>
#include <dtrace/core/error.hpp>
#include <dtrace/core/time.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace dtrace::wire {

/// Where coroutines ask and wait. Equal questions at the same time are asked once; at most `limit`
/// are under way, the others queue; one that nobody waits for any more is not asked.
template <class Key, class Answer>
class QuestionDesk : public std::enable_shared_from_this<QuestionDesk<Key, Answer>> {
  public:
    using Reply = std::function<void(Answer)>;
    /// Puts a question; `Reply` is called once, perhaps at once.
    using Ask = std::function<void(Key const&, Reply)>;

    QuestionDesk(boost::asio::any_io_executor executor, std::size_t limit, Ask ask)
        : executor_(std::move(executor)), limit_(limit), ask_(std::move(ask)) {}

    /// Without an answer, the deadline has passed (`late`), or the caller was cancelled or the desk
    /// closed.
    struct Outcome {
        std::optional<Answer> answer;
        bool late = false;
    };

    /// A question under way is not given up when its asker leaves: the answer may serve others.
    static boost::asio::awaitable<Outcome> ask(std::shared_ptr<QuestionDesk> desk, Key key,
                                               TimePoint deadline) {
        using boost::asio::cancellation_type;
        Visit const visit(*desk, key);
        Question& question = *visit.question;
        auto const seen = question.answered.version();
        desk->start_queued();
        if (!question.answer && !desk->closed_) co_await question.answered.wait(seen, deadline);
        auto const state = co_await boost::asio::this_coro::cancellation_state;
        bool const given_up = desk->closed_ || state.cancelled() != cancellation_type::none;
        co_return Outcome{question.answer, !question.answer && !given_up};
    }

    /// Wakes everybody; asks nothing any more.
    void close() {
        closed_ = true;
        queue_.clear();
        for (auto const& [key, question] : questions_)
            question->answered.notify_all();
    }

  private:
    struct Question {
        explicit Question(boost::asio::any_io_executor executor) : answered(std::move(executor)) {}
        async::Wakeup answered;
        std::optional<Answer> answer;
        std::size_t waiting = 0;
    };
    using QuestionPointer = std::shared_ptr<Question>;

    /// One coroutine that waits for a question.
    struct Visit {
        Visit(QuestionDesk& desk, Key const& key) : question(desk.find_or_queue(key)) {
            ++question->waiting;
        }
        Visit(Visit const&) = delete;
        Visit& operator=(Visit const&) = delete;
        ~Visit() { --question->waiting; }

        QuestionPointer question;
    };

    QuestionPointer find_or_queue(Key const& key) {
        QuestionPointer& question = questions_[key];
        if (!question) {
            question = std::make_shared<Question>(executor_);
            queue_.push_back(key);
        }
        return question;
    }

    void start_queued() {
        if (std::exchange(starting_, true)) return;
        while (!closed_ && under_way_ < limit_ && !queue_.empty()) {
            Key const key = std::move(queue_.front());
            queue_.pop_front();
            auto const found = questions_.find(key);
            if (found->second->waiting == 0)
                questions_.erase(found);
            else
                start(key, found->second);
        }
        starting_ = false;
    }

    void start(Key const& key, QuestionPointer question) {
        ++under_way_;
        ask_(key, [self = this->shared_from_this(), key, question](Answer answer) {
            question->answer = std::move(answer);
            question->answered.notify_all();
            self->questions_.erase(key);
            --self->under_way_;
            self->start_queued();
        });
    }

    boost::asio::any_io_executor executor_;
    std::size_t limit_;
    Ask ask_;
    std::map<Key, QuestionPointer> questions_;  ///< queued or under way
    std::deque<Key> queue_;
    std::size_t under_way_ = 0;
    bool starting_ = false;
    bool closed_ = false;
};

}  // namespace dtrace::wire
